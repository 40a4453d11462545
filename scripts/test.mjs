/**
 * `npm test` and `npm run verify` (`--full`): set-up, the checks, every test. The last line is always
 * `N passed, N failed, N skipped`: tests, with each failed check and each process left behind counted among the failed.
 * Other arguments go to Vitest (a path, `-t name`).
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from './checks.mjs';
import { findChromium } from './chromium.mjs';
import { endLeftovers } from './leftovers.mjs';
import { projectRoot } from './project-root.mjs';
import { exitCodeOf } from './run.mjs';
import { setup } from './setup.mjs';
import { runScript } from './setup-error.mjs';

/** Far more than the ten minutes that all tests take on a quiet machine: what runs into it hangs. */
const testsLimitMs = 20 * 60_000;
const fullTestsLimitMs = 4 * 3_600_000;

const args = process.argv.slice(2);
const full = args.includes('--full');
const forVitest = args.filter((arg) => arg !== '--full');

/** Runs Vitest in a process group of its own and gives `{ code, pid }`; stopped with the whole group when it takes too long. */
function runVitest(node, env) {
	return new Promise((resolve) => {
		const vitest = spawn(node, [join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...forVitest], {
			cwd: projectRoot,
			env,
			stdio: ['ignore', 'inherit', 'inherit'],
			detached: true,
		});
		const stop = (signal) => {
			try {
				process.kill(process.platform === 'win32' ? vitest.pid : -vitest.pid, signal);
			} catch {
				// It has ended.
			}
		};
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
		const limitMs = full ? fullTestsLimitMs : testsLimitMs;
		const limit = setTimeout(() => {
			console.log(`✗ tests: stopped after ${limitMs / 60_000} minutes`);
			stop('SIGKILL');
		}, limitMs);
		vitest.on('close', (code, signal) => {
			clearTimeout(limit);
			resolve({ code: exitCodeOf(code, signal), pid: vitest.pid });
		});
	});
}

function readCounts(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		console.log('✗ tests: the run ended before its result was known');
		return { passed: 0, failed: 1, skipped: 0 };
	}
}

await runScript(async () => {
	const { node, env } = await setup();
	const chromium = await findChromium(node, env);
	const failedChecks = await runChecks(node, env);

	const folder = mkdtempSync(join(tmpdir(), 'duress-test-'));
	const summary = join(folder, 'summary.json');
	const mark = `DURESS_TEST_RUN=${randomUUID()}`;
	const [markName, markValue] = mark.split('=');
	const { code, pid } = await runVitest(node, {
		...env,
		[markName]: markValue,
		DURESS_TEST_SUMMARY: summary,
		...(full ? { DURESS_TEST_ROUNDS: 'full' } : {}),
		...(chromium === undefined ? {} : { CHROMIUM_PATH: chromium }),
	});
	const counts = readCounts(summary);
	rmSync(folder, { recursive: true, force: true });

	const left = await endLeftovers(mark, pid);
	for (const { pid: leftPid, command } of left) console.log(`✗ left behind by a test: process ${leftPid}: ${command}`);

	const failed = counts.failed + failedChecks + left.length || (code === 0 ? 0 : 1);
	console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
	return failed === 0 ? 0 : 1;
});
