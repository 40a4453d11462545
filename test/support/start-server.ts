import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { serverCommand } from '../../scripts/server-command.mjs';
import { makeTemporaryFolder } from './temporary-folder.ts';

const projectRoot = join(import.meta.dirname, '..', '..');

/** From spawn to the ready line: a cold start on a machine that runs other tests at the same time. */
const readyWithinMs = 20_000;
/** From SIGTERM to the end of the process. */
const stopWithinMs = 10_000;

export interface ServerOptions {
	/** Flags after the test's own. */
	readonly flags?: readonly string[];
	/** Added to this process's environment; undefined takes a variable away. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** A data folder that outlives the server (a restart test); by default a new one that goes with it. */
	readonly dataFolder?: string;
	/** `wss` and `https` in the addresses given back, for a server started with `--cert` and `--key`. */
	readonly secure?: boolean;
}

export interface RunningServer {
	readonly pid: number;
	/** Of the HTTP and WebSocket listener. */
	readonly port: number;
	/** Of the first media worker's UDP socket. */
	readonly mediaPort: number;
	/** `http://127.0.0.1:PORT`, no slash at its end. */
	readonly url: string;
	/** `ws://127.0.0.1:PORT`, no slash at its end. */
	readonly wsUrl: string;
	/** Everything the server has written to stdout and stderr so far. */
	log(): string;
	/** The log's JSON lines so far, parsed; lines that are no JSON object are left out. */
	logRecords(): Record<string, unknown>[];
	/** SIGTERM; resolves when the process has ended with exit code 0, else rejects. Twice is harmless. */
	stop(): Promise<void>;
	/** SIGKILL, for tests of a crash. Resolves when the process is gone. */
	kill(): Promise<void>;
}

function parseRecord(line: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
	} catch {
		return undefined;
	}
}

function readPort(record: Record<string, unknown>, key: string): number {
	const port = record[key];
	if (typeof port !== 'number') throw new Error(`the ready line has no ${key}`);
	return port;
}

/** Collects output and resolves with the server's `ready` line. */
function watchOutput(child: ChildProcess, lines: string[]): Promise<Record<string, unknown>> {
	return new Promise((resolve, reject) => {
		const fail = (why: string) => reject(new Error(`the server ${why}; its output was:\n${lines.join('\n')}`));
		const limit = setTimeout(() => fail(`was not ready within ${readyWithinMs} ms`), readyWithinMs);
		for (const stream of [child.stdout, child.stderr]) {
			if (stream === null) continue;
			createInterface({ input: stream }).on('line', (line) => {
				lines.push(line);
				const record = parseRecord(line);
				if (record?.msg !== 'ready') return;
				clearTimeout(limit);
				resolve(record);
			});
		}
		child.once('close', (code, signal) => {
			clearTimeout(limit);
			fail(`ended with ${signal ?? `exit code ${code}`} before it was ready`);
		});
		child.once('error', reject);
	});
}

/** Starts the real server on free ports of this machine with a data folder of its own. Whoever starts it stops it. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
	const folder = options.dataFolder === undefined ? makeTemporaryFolder() : undefined;
	const dataFolder = options.dataFolder ?? folder?.path;
	const { args, env } = serverCommand(['--addr', '127.0.0.1:0', ...(options.flags ?? [])], {
		...process.env,
		DURESS_MEDIA_PORT: '0',
		DURESS_DATA_DIR: dataFolder,
		...options.env,
	});
	const child = spawn(process.execPath, args, { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
	// The streams' end, not the process's: a log line written last is still in the pipe at `exit`.
	const ended = new Promise<number | string>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')));
	const lines: string[] = [];
	const kill = async (): Promise<void> => {
		child.kill('SIGKILL');
		await ended;
		folder?.remove();
	};
	let stopping: Promise<void> | undefined;
	const stop = async (): Promise<void> => {
		child.kill('SIGTERM');
		const limit = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
		const result = await ended;
		clearTimeout(limit);
		folder?.remove();
		if (result !== 0) throw new Error(`the server ended with ${result} after SIGTERM; its output was:\n${lines.join('\n')}`);
	};
	try {
		const ready = await watchOutput(child, lines);
		const port = readPort(ready, 'port');
		return {
			pid: child.pid ?? 0,
			port,
			mediaPort: readPort(ready, 'mediaPort'),
			url: `${options.secure ? 'https' : 'http'}://127.0.0.1:${port}`,
			wsUrl: `${options.secure ? 'wss' : 'ws'}://127.0.0.1:${port}`,
			log: () => lines.join('\n'),
			logRecords: () => lines.map(parseRecord).filter((record) => record !== undefined),
			stop: () => (stopping ??= stop()),
			kill,
		};
	} catch (error) {
		await kill();
		throw error;
	}
}

/** `startServer` for one test: stopped, and its clean end judged, when the running test ends. */
export async function testServer(options: ServerOptions = {}): Promise<RunningServer> {
	const server = await startServer(options);
	onTestFinished(() => server.stop());
	return server;
}

/** Runs the server to its end, for flags that make it stop at once; gives its exit code and output. */
export async function runServer(
	flags: readonly string[],
	env: Record<string, string | undefined> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
	const command = serverCommand(flags, { ...process.env, ...env });
	const child = spawn(process.execPath, command.args, {
		cwd: projectRoot,
		env: command.env,
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: readyWithinMs,
	});
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		stdout += chunk;
	});
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
		stderr += chunk;
	});
	await once(child, 'close');
	return { code: child.exitCode ?? 1, stdout, stderr };
}
