/** The bench's own processes. None outlives it: each is ended by its id, whatever ends the bench. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

const running = new Set<ChildProcess>();

process.on('exit', () => {
	for (const child of running) child.kill('SIGKILL');
});
for (const [signal, code] of [
	['SIGINT', 130],
	['SIGTERM', 143],
	['SIGHUP', 129],
] as const) {
	process.on(signal, () => process.exit(code));
}

/** The core of the server and the core of the load, where processes can be pinned and there are two. */
export interface Cores {
	readonly server: number | undefined;
	readonly load: number | undefined;
}

export const unpinned: Cores = { server: undefined, load: undefined };

/** Cores 0 and 1, or none and why. */
export function chooseCores(): { readonly cores: Cores; readonly why?: string } {
	const hasTaskset = (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, 'taskset')));
	if (!hasTaskset) return { cores: unpinned, why: 'there is no taskset' };
	if (availableParallelism() < 2) return { cores: unpinned, why: 'there is only one core' };
	return { cores: { server: 0, load: 1 } };
}

/** Starts a program, on one core where one is given. taskset replaces itself by the program: the process id is the program's. */
export function start(core: number | undefined, program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
	const child = core === undefined ? spawn(program, args, options) : spawn('taskset', ['-c', String(core), program, ...args], options);
	running.add(child);
	child.once('exit', () => running.delete(child));
	child.once('error', () => running.delete(child));
	return child;
}

/** Resolves when a child has ended; after `withinMs` it is killed. */
export async function end(child: ChildProcess, how: () => void, withinMs = 8000): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	how();
	const limit = setTimeout(() => child.kill('SIGKILL'), withinMs);
	await ended;
	clearTimeout(limit);
}
