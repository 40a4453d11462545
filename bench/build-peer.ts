import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where what the bench compiles lies; git ignores it. */
export const buildFolder = join(import.meta.dirname, 'build');

/** Runs a build to its end. @throws with its last lines when it fails: a comparison without its peer is none */
export function buildPeer(what: string, program: string, args: readonly string[]): void {
	mkdirSync(buildFolder, { recursive: true });
	const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
	if (status === 0) return;
	const said = error?.message ?? `${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n');
	throw new Error(`${what} could not be built: ${said}`);
}
