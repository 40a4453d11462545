import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { projectRoot } from './project-root.mjs';

/** Exit code of a child as a shell would tell it: 128 + n after signal n. */
export function exitCodeOf(code, signal) {
	return code ?? 128 + (constants.signals[signal] ?? 0);
}

/**
 * Runs a program to its end and gives `{ code, output }`. `quiet` keeps stdout and stderr (together, at most the last 64 KiB);
 * else both go to this terminal. A program that does not exist is code 127.
 */
export function run(file, args, { env = process.env, cwd = projectRoot, quiet = false } = {}) {
	return new Promise((resolve) => {
		const child = spawn(file, args, { cwd, env, stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'] });
		let output = '';
		const keep = (chunk) => {
			output = (output + chunk).slice(-65_536);
		};
		child.stdout?.setEncoding('utf8').on('data', keep);
		child.stderr?.setEncoding('utf8').on('data', keep);
		child.on('error', (error) => resolve({ code: 127, output: error.message }));
		child.on('close', (code, signal) => resolve({ code: exitCodeOf(code, signal), output }));
	});
}
