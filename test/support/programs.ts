import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, type RunnerTestCase, TestRunner, test } from 'vitest';

/** Programs that some tests need and a machine may lack; each is looked for under these names on the PATH. */
const programNames = {
	chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
	openssl: ['openssl'],
	postgres: ['postgres'],
	coturn: ['turnserver'],
	compiler: ['cc', 'gcc', 'clang'],
} as const;

export type ProgramName = keyof typeof programNames;

/** Debian keeps the PostgreSQL server out of the PATH, in a folder per version. */
function extraFolders(name: ProgramName): string[] {
	const versions = '/usr/lib/postgresql';
	if (name !== 'postgres' || !existsSync(versions)) return [];
	return readdirSync(versions).map((version) => join(versions, version, 'bin'));
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** Absolute path of a program, or undefined where it is not installed. `CHROMIUM_PATH` names a Chromium that is elsewhere. */
export function findProgram(name: ProgramName): string | undefined {
	const named = name === 'chromium' ? process.env.CHROMIUM_PATH : undefined;
	if (named !== undefined && named !== '') return isExecutable(named) ? named : undefined;
	const folders = [...(process.env.PATH ?? '').split(delimiter), ...extraFolders(name)].filter((folder) => folder !== '');
	return programNames[name].flatMap((program) => folders.map((folder) => join(folder, program))).find(isExecutable);
}

function isContinuousIntegration(): boolean {
	return process.env.CI === 'true' || process.env.CI === '1';
}

/**
 * The program's path. Without the program the running test is reported as skipped, by the program's name; with `CI=true` it fails.
 * To be called inside a test or `beforeEach`.
 */
export function requireProgram(name: ProgramName): string {
	const path = findProgram(name);
	if (path !== undefined) return path;
	const note = `${name} is not installed`;
	if (isContinuousIntegration()) throw new Error(note);
	const current = TestRunner.getCurrentTest<RunnerTestCase | undefined>();
	if (current === undefined) throw new Error(`${note}, and no test is running that could be skipped`);
	return current.context.skip(note);
}

/**
 * `describe` for tests that share a program, also in `beforeAll`: `body` gets its path. Without the program none of `body` runs
 * and one test by the suite's title is reported as skipped; with `CI=true` it fails.
 */
export function describeWithProgram(name: ProgramName, title: string, body: (path: string) => void): void {
	const path = findProgram(name);
	describe(title, () => {
		if (path === undefined) test(`needs ${name}`, () => void requireProgram(name));
		else body(path);
	});
}
