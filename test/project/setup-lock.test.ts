import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const module = pathToFileURL(join(import.meta.dirname, '..', '..', 'scripts', 'setup-lock.mjs')).href;

/** A process that takes the lock, appends `in` and `out` to a file around 30 ms of holding it. */
function holder(folder: string): string[] {
	const script = `
		import { appendFileSync } from 'node:fs';
		import { withLock } from ${JSON.stringify(module)};
		const [lock, file] = process.argv.slice(1);
		await withLock(lock, async () => {
			appendFileSync(file, 'in ');
			await new Promise((resolve) => setTimeout(resolve, 30));
			appendFileSync(file, 'out ');
		}, () => {});
	`;
	return ['--input-type=module', '--eval', script, join(folder, 'lock'), join(folder, 'file')];
}

test('four set-ups at once go one after another, and the lock is gone afterwards', async () => {
	const folder = temporaryFolder();
	await Promise.all(Array.from({ length: 4 }, () => once(spawn(process.execPath, holder(folder), { stdio: 'inherit' }), 'close')));
	expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('in out '.repeat(4));
	expect(existsSync(join(folder, 'lock'))).toBe(false);
});

test('a lock whose process has died is taken over', () => {
	const folder = temporaryFolder();
	const { pid } = spawnSync(process.execPath, ['--version']);
	mkdirSync(join(folder, 'lock'));
	writeFileSync(join(folder, 'lock', 'owner'), `${hostname()}\n${pid}\n0`);
	spawnSync(process.execPath, holder(folder), { timeout: 10_000 });
	expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('in out ');
});

test('a silent lock of another machine, or without a name, is taken over', () => {
	for (const owner of ['elsewhere\n1\n0', undefined]) {
		const folder = temporaryFolder();
		const lock = join(folder, 'lock');
		mkdirSync(lock);
		if (owner !== undefined) writeFileSync(join(lock, 'owner'), owner);
		utimesSync(lock, new Date(0), new Date(0));
		spawnSync(process.execPath, holder(folder), { timeout: 10_000 });
		expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('in out ');
	}
});

test('a lock whose process lives is waited for', () => {
	const folder = temporaryFolder();
	mkdirSync(join(folder, 'lock'));
	writeFileSync(join(folder, 'lock', 'owner'), `${hostname()}\n${process.pid}\n0`);
	spawnSync(process.execPath, holder(folder), { timeout: 1_000 });
	expect(existsSync(join(folder, 'file'))).toBe(false);
});
