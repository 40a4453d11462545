import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const check = join(import.meta.dirname, '..', '..', 'scripts', 'check-docs.mjs');
const requirements =
	'| Id | Requirement | Tested in |\n|---|---|---|\n| HTTP-1 | It answers. | `test/a.test.ts` |\n| HTTP-2 | Later. | – |\n';
const sound = { 'docs/requirements.md': requirements, 'test/a.test.ts': '', 'package.json': '{"scripts":{"check":"x"}}' };

function faults(files: Readonly<Record<string, string>>): string {
	const folder = temporaryFolder();
	for (const [path, text] of Object.entries({ ...sound, ...files })) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), text);
	}
	const { stdout, status } = spawnSync(process.execPath, [check, folder], { encoding: 'utf8' });
	expect(status).toBe(stdout === '' ? 0 : 1);
	return stdout;
}

test('a sound tree has no faults', () => {
	const readme = '# It\n\n[a](docs/requirements.md) [b](#it) [c](https://example.org/x) `test/a.test.ts` `npm run check`\n';
	expect(faults({ 'README.md': readme })).toBe('');
});

test.each([
	['a link to nowhere', { 'README.md': '[a](docs/gone.md)' }, 'no such file'],
	['a link to a heading that is not there', { 'README.md': '# It\n[a](#that)' }, 'no such heading'],
	['a file that is named but not there', { 'docs/a.md': 'see `src/gone.ts`' }, 'names src/gone.ts'],
	['a script that is named but not there', { 'README.md': 'npm run gone' }, 'no such script'],
	['a requirement tested by no file', { 'docs/requirements.md': requirements.replace('a.test', 'gone.test') }, 'no such test file'],
	['an id used twice', { 'docs/requirements.md': requirements.replace('HTTP-2', 'HTTP-1') }, 'there twice'],
	['requirements without rows', { 'docs/requirements.md': 'none' }, 'no requirement rows'],
	['a lock file with addresses', { 'package-lock.json': '{"resolved":"x"}' }, 'resolved addresses'],
	['a registry host', { 'a.txt': ['https://registry', 'npmjs', 'org/x'].join('.') }, 'a registry host'],
	["a path of somebody's machine", { 'a.txt': ['', 'home', 'maria', 'x'].join('/') }, 'somebody'],
])('%s is a fault', (_what, files, fault) => {
	expect(faults(files)).toContain(fault);
});
