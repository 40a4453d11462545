import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const program = join(import.meta.dirname, '..', '..', 'bench', 'main.ts');

interface Run {
	readonly code: unknown;
	readonly stdout: string;
	readonly stderr: string;
}

/** The bench, as `npm run bench` starts it when all is set up. */
async function runBench(...flags: readonly string[]): Promise<Run> {
	const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...flags], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	onTestFinished(() => {
		child.kill('SIGTERM');
	});
	let [stdout, stderr] = ['', ''];
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	const [code] = await once(child, 'close');
	return { code, stdout, stderr };
}

describe.skipIf(process.platform !== 'linux')('npm run bench', () => {
	for (const clients of ['datachannel', 'sink']) {
		for (const native of [true, false]) {
			test(`counts every packet with ${clients} clients ${native ? 'and native code where it is' : 'in TypeScript alone'}`, async () => {
				const folder = makeTemporaryFolder();
				onTestFinished(() => folder.remove());
				const json = join(folder.path, 'result.json');
				// Nothing is pinned: what else runs on a core is not the load's fault here.
				const shape = ['--rooms', '2', '--viewers', '2', '--pps', '150', '--seconds', '1', '--clients', clients, '--no-pin'];
				const run = await runBench(...shape, ...(native ? [] : ['--no-native']), '--json', json);
				expect(run, run.stderr).toMatchObject({ code: 0 });
				const { steady } = JSON.parse(readFileSync(json, 'utf8'));
				expect(steady).toHaveLength(1);
				const [round] = steady[0].rounds.duress;
				expect(round).toMatchObject({ sent: 300, expected: 600, received: 600, loss: 0, unexplained: 0, viewers: 4, faults: [] });
				expect(round.samples).toBeGreaterThan(0);
				expect(round.joinMs).toHaveLength(4);
				expect(run.stdout).toMatch(/\| 2x2@150 +\| Duress Server/);
			});
		}
	}

	test('a wrong flag is one line and exit code 1', async () => {
		const { code, stdout, stderr } = await runBench('--viewers', 'many');
		expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
	});
});
