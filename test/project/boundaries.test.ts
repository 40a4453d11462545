import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');

type Tree = Readonly<Record<string, string>>;

function fill(folder: string, files: Tree): string {
	for (const [path, text] of Object.entries({ 'tsconfig.json': '{}', 'package.json': '{"type":"module"}', ...files })) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), text);
	}
	return folder;
}

/** The import rules that a tree breaks, as `file: rule`. One run takes half a second, so trees hold many samples. */
function brokenRules(files: Tree): string[] {
	const cruise = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
	const args = [cruise, '--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'err-long', 'src'];
	const folder = makeTemporaryFolder();
	const env = { ...process.env, NO_COLOR: '1' };
	const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: fill(folder.path, files), encoding: 'utf8', env });
	folder.remove();
	if (stdout === '') throw new Error(stderr);
	return [...stdout.matchAll(/error ([\w-]+): (\S+)/g)].map(([, rule, file]) => `${file}: ${rule}`);
}

function pureFaults(files: Tree): string[] {
	const folder = makeTemporaryFolder();
	const check = join(root, 'scripts', 'check-pure.mjs');
	const { stdout } = spawnSync(process.execPath, [check, fill(folder.path, files)], { encoding: 'utf8' });
	folder.remove();
	return stdout.trim() === '' ? [] : stdout.trim().split('\n');
}

describe('import directions', () => {
	const leaf = 'export const one = 1;\nexport type One = number;\n';

	test('imports from groups to the left, services, and the two allowed sisters pass', () => {
		const rules = brokenRules({
			'src/rtp/a.ts': leaf,
			'src/relay/a.ts': "export { one } from '../rtp/a.ts';",
			'src/srtp/a.ts': "import { createCipheriv } from 'node:crypto';\nexport const make = createCipheriv;",
			'src/log/a.ts': leaf,
			'src/dtls/a.ts': leaf,
			'src/media/engine-port.ts':
				"import { one } from '../relay/a.ts';\nimport { one as two } from '../dtls/a.ts';\nexport const sum = one + two;",
			'src/room/a.ts': "import { sum } from '../media/engine-port.ts';\nexport { one } from '../log/a.ts';\nexport const twice = sum * 2;",
			'src/http/a.ts': "export { one } from '../room/a.ts';",
			'src/main.ts': "import { one } from './http/a.ts';\nconsole.log(one);",
		});
		expect(rules).toEqual([]);
	});

	const refused: readonly (readonly [what: string, path: string, text: string, rule: string])[] = [
		['to the right', 'src/rtp/b.ts', "export { one } from '../relay/a.ts';", 'direction-rtp'],
		['to the right, of types alone', 'src/rtp/c.ts', "export type { One } from '../relay/a.ts';", 'direction-rtp'],
		['from a sister folder', 'src/relay/b.ts', "export { one } from '../ice/a.ts';", 'direction-relay'],
		['of a service into a pure folder', 'src/relay/c.ts', "export { one } from '../log/a.ts';", 'direction-relay'],
		['of more of media than its port into a room', 'src/room/b.ts', "export { one } from '../media/a.ts';", 'direction-room'],
		['of a house into a service', 'src/log/b.ts', "export { one } from '../rtp/a.ts';", 'direction-services'],
		['of main', 'src/http/b.ts', "export { one } from '../main.ts';", 'nobody-imports-main'],
		['of a test', 'src/http/c.ts', "export { one } from './a.test.ts';", 'no-tests-in-the-product'],
		['of sockets into a pure folder', 'src/ice/b.ts', "export { createSocket } from 'node:dgram';", 'pure-folders-stay-pure'],
		['of ciphers into relay', 'src/relay/d.ts', "export { createHash } from 'node:crypto';", 'ciphers-only-in-srtp-and-stun'],
		['from a folder nobody knows', 'src/http/d.ts', "export { one } from '../helpers/a.ts';", 'unknown-folder'],
		['of a file that is not there', 'src/http/e.ts', "export { one } from './gone.ts';", 'not-found'],
		['in a circle', 'src/rtp/d.ts', "import { e } from './e.ts';\nexport const d = e;", 'no-cycles'],
	];
	let broken: string[] = [];

	beforeAll(() => {
		const others = ['relay/a', 'ice/a', 'log/a', 'rtp/a', 'media/a', 'main', 'http/a.test', 'helpers/a'];
		broken = brokenRules({
			...Object.fromEntries(others.map((other) => [`src/${other}.ts`, leaf])),
			'src/rtp/e.ts': "export { d } from './d.ts';\nexport const e = 1;",
			...Object.fromEntries(refused.map(([, path, text]) => [path, text])),
		});
	});

	test.each(refused)('an import %s is refused', (_what, path, _text, rule) => {
		expect(broken).toContain(`${path}: ${rule}`);
	});
});

describe('pure folders', () => {
	const sound = [
		'// Date.now() is not called here, says this comment; nor is Math.random().',
		'export interface Clock { nowMs: number; process(packet: Uint8Array): void }',
		"export const text = 'setTimeout';",
		'export function age(clock: Clock, sinceMs: number): number { clock.process(new Uint8Array()); return Math.max(0, clock.nowMs - sinceMs); }',
		'export function token(randomBytes: (count: number) => Uint8Array): Uint8Array { return randomBytes(16); }',
	].join('\n');
	const refused: readonly (readonly [name: string, text: string])[] = [
		['Date', 'export const now = Date.now();'],
		['performance', 'export const now = performance.now();'],
		['setTimeout', 'setTimeout(() => undefined, 1);'],
		['setInterval', 'setInterval(() => undefined, 1);'],
		['setImmediate', 'setImmediate(() => undefined);'],
		['random', 'export const r = Math.random();'],
		['randomBytes', "import { randomBytes } from 'node:crypto';\nexport const r = randomBytes(4);"],
		['randomBytes', "import * as nodeCrypto from 'node:crypto';\nexport const r = nodeCrypto.randomBytes(4);"],
		['process', 'export const pid = process.pid;'],
		['globalThis', "export const now = globalThis['Date'];"],
	];
	const named = refused.map(([name, text], index) => [name, text, `src/srtp/sample-${index}.ts`] as const);
	let faults: string[] = [];

	beforeAll(() => {
		faults = pureFaults({
			...Object.fromEntries(named.map(([, text, path]) => [path, text])),
			'src/relay/sound.ts': sound,
			'src/srtp/a.test.ts': 'export const now = Date.now();',
			'src/srtp/testing/a.ts': 'export const now = Date.now();',
			'src/media/a.ts': 'export const now = Date.now();',
		});
	});

	test.each(named)('%s is refused in: %s', (name, _text, path) => {
		expect(faults.some((fault) => fault.startsWith(`${path}:`) && fault.endsWith(` names ${name}`))).toBe(true);
	});

	test('code that takes time and randomness as arguments passes, as do tests and code elsewhere', () => {
		expect(faults.filter((fault) => !fault.startsWith('src/srtp/sample-'))).toEqual([]);
	});
});
