import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeWithProgram } from '../support/programs.ts';
import { rounds } from '../support/rounds.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { buildAddon, compilerLibrary, runProgram } from './build-addon.ts';

/** Node takes ten times as long under them, and other tests run beside. */
const withinMinutes = { timeout: 120_000 };

describeWithProgram('compiler', 'under the address and undefined-behaviour sanitizers', (compiler) => {
	const sanitizer = compilerLibrary(compiler, 'libasan.so');
	const folder = makeTemporaryFolder();
	const addon = join(folder.path, 'addon.node');
	// Leaks are not looked for: Node leaves its own memory to the end of the process.
	const env = { LD_PRELOAD: sanitizer ?? '', ASAN_OPTIONS: 'detect_leaks=0' };
	const run = (script: string, ...args: readonly string[]) =>
		runProgram(process.execPath, [join(import.meta.dirname, script), addon, ...args], env);

	beforeAll(() => {
		if (sanitizer === undefined) return;
		buildAddon(compiler, ['-g', '-O1', '-fno-omit-frame-pointer', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'], addon);
	});
	afterAll(() => {
		folder.remove();
	});
	beforeEach(({ skip }) => {
		if (sanitizer === undefined) skip('the compiler has no address sanitizer');
	});

	// The seeds differ so that the long rounds try something else each.
	const seeds = Array.from({ length: rounds(10) }, (_, at) => at + 1);
	test.each(seeds)('no argument makes the addon touch what it may not (seed %i)', withinMinutes, (seed) => {
		expect(run('addon-fuzz.ts', String(seed), '10000')).toMatchObject({ code: 0, stderr: '' });
	});

	test('sockets and contexts end in every way', withinMinutes, () => {
		expect(run('addon-lifecycle.ts')).toEqual({ code: 0, stdout: 'ok\n', stderr: '' });
	});

	test('a full queue is handled', withinMinutes, () => {
		expect(run('starved-socket.ts')).toMatchObject({ code: 0, stderr: '' });
	});
});
