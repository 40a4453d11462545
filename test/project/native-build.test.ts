import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { loadNative } from '../../src/media/load-native.ts';
import { nativeAddon } from '../../src/media/testing/native-addon.ts';
import { runProgram } from '../native/build-addon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The compiler takes two seconds, and several times that beside other tests. */
const withinMinutes = { timeout: 120_000 };
const root = join(import.meta.dirname, '..', '..');
const name = `media-${process.versions.node}-${process.platform}-${process.arch}.node`;
let folder = '';
let addon = '';

// A checkout of no more than what the build needs.
beforeEach(() => {
	folder = temporaryFolder();
	addon = join(folder, 'native', 'build', name);
	for (const part of ['scripts', 'native']) {
		cpSync(join(root, part), join(folder, part), { recursive: true, filter: (path) => !path.endsWith('build') });
	}
});

/** What set-up does about the addon: what it wrote, and whether there was anything to do. */
function setUp(env: Readonly<Record<string, string>> = {}): { readonly stderr: string; readonly fresh: boolean } {
	const module = pathToFileURL(join(folder, 'scripts', 'native.mjs')).href;
	const script = `
		import { buildNative, nativeIsFresh } from ${JSON.stringify(module)};
		const runtime = { path: process.execPath, version: process.versions.node };
		const fresh = nativeIsFresh(runtime);
		if (!fresh) await buildNative(runtime);
		console.log(fresh);
	`;
	const { code, stdout, stderr } = runProgram(process.execPath, ['--input-type=module', '--eval', script], env);
	expect(code).toBe(0);
	return { stderr, fresh: stdout === 'true\n' };
}

test('it is built once, and again when a source has changed', withinMinutes, () => {
	nativeAddon();
	expect(setUp()).toEqual({ stderr: '', fresh: false });
	expect(loadNative(true, addon)).toHaveProperty('addon.forward');
	const builtMs = statSync(addon).mtimeMs;
	expect(setUp()).toEqual({ stderr: '', fresh: true });
	expect(statSync(addon).mtimeMs).toBe(builtMs);

	const header = join(folder, 'native', 'udp.h');
	writeFileSync(header, `${readFileSync(header, 'utf8')}\n`);
	expect(setUp()).toEqual({ stderr: '', fresh: false });
	expect(statSync(addon).mtimeMs).toBeGreaterThan(builtMs);
	expect(readdirSync(join(folder, 'native', 'build')).sort()).toEqual([name, `${name}.stamp`]);
});

test('a build that fails is one line, is not tried again, and is told to the server', withinMinutes, () => {
	nativeAddon();
	setUp();
	writeFileSync(join(folder, 'native', 'broken.c'), 'this is no C\n');
	const { stderr } = setUp();
	expect(stderr.trim().split('\n')).toHaveLength(1);
	expect(stderr).toContain('no native media path (it cannot be compiled: ');
	expect(setUp()).toEqual({ stderr: '', fresh: true });
	expect(existsSync(addon)).toBe(false);
	expect(loadNative(true, addon)).toMatchObject({ addon: undefined, why: expect.stringContaining('broken.c') });
});

test('without a compiler it is left out, until there is one', withinMinutes, () => {
	const { stderr } = setUp({ PATH: folder });
	expect(stderr).toBe('setup: no native media path (there is no C compiler); the server works without it\n');
	expect(setUp({ PATH: folder })).toEqual({ stderr: '', fresh: true });
	expect(loadNative(true, addon)).toEqual({ addon: undefined, why: 'there is no C compiler' });
	nativeAddon();
	expect(setUp()).toEqual({ stderr: '', fresh: false });
	expect(loadNative(true, addon)).toHaveProperty('addon.forward');
});

test('what is no addon of this version is not taken', () => {
	writeFileSync(join(folder, 'not-an-addon.node'), 'no machine code');
	expect(loadNative(true, join(folder, 'not-an-addon.node'))).toMatchObject({
		addon: undefined,
		why: expect.stringMatching(/^it cannot be loaded \(.*\)$/s),
	});
	expect(loadNative(true, join(folder, 'gone.node'))).toEqual({ addon: undefined, why: 'it was not built' });
	expect(loadNative(false)).toEqual({ addon: undefined, why: 'switched off by DURESS_NATIVE' });
});
