import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { BufferedOutput } from './buffered-output.ts';

const module = join(import.meta.dirname, 'buffered-output.ts');

/** Runs code that has the class in a process of its own, whose output is a pipe. */
function run(code: string) {
	return spawn(process.execPath, ['--input-type=module', '-e', `import { BufferedOutput } from ${JSON.stringify(module)}; ${code}`], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
}

test('lines come out whole and in order, however many', async () => {
	const path = join(temporaryFolder(), 'log');
	const fd = openSync(path, 'w');
	const output = new BufferedOutput(fd);
	const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number} äöü\n`);
	for (const line of lines) output.write(line);
	await output.drain();
	closeSync(fd);
	expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
});

test('what waits is written when the process exits', async () => {
	const child = run("const output = new BufferedOutput(1); process.once('exit', () => output.flushSync()); output.write('last words\\n');");
	expect(await text(child.stdout)).toBe('last words\n');
});

test('a reader that goes away ends neither the process early nor keeps it', async () => {
	const child = run(`
		const output = new BufferedOutput(1);
		process.once('exit', () => output.flushSync());
		output.write('begin\\n');
		await output.drain();
		setTimeout(async () => {
			for (let count = 0; count < 1000; count++) output.write('x'.repeat(1000));
			await output.drain();
			output.write('after');
			process.exit(7);
		}, 100);
	`);
	const ended = once(child, 'exit');
	await once(child.stdout, 'data');
	child.stdout.destroy();
	expect(await ended).toEqual([7, null]);
});
