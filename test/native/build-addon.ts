import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const sources = join(import.meta.dirname, '..', '..', 'native');
const headers = join(dirname(process.execPath), '..', 'include', 'node');

/** Builds the addon with these flags more than set-up has, where warnings are errors. */
export function buildAddon(compiler: string, flags: readonly string[], addon: string): void {
	if (!existsSync(join(headers, 'node_api.h'))) throw new Error('this Node came without its headers');
	const files = readdirSync(sources).filter((file) => file.endsWith('.c'));
	const all = ['-DNAPI_VERSION=8', '-fvisibility=hidden', '-I', headers, ...flags, ...files.map((file) => join(sources, file))];
	compile(compiler, all, addon);
}

/** Builds a shared library. */
export function compile(compiler: string, args: readonly string[], library: string): void {
	const common = ['-std=c11', '-D_GNU_SOURCE', '-fPIC', '-shared', '-Wall', '-Wextra', '-Werror'];
	execFileSync(compiler, [...common, ...args, '-o', library], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** The path of a library that belongs to the compiler, or undefined where it has none. */
export function compilerLibrary(compiler: string, name: string): string | undefined {
	const path = execFileSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
	return path.includes('/') && existsSync(path) ? path : undefined;
}

export interface ScriptEnd {
	readonly code: number | string;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs a program to its end, two minutes at most. */
export function runProgram(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ScriptEnd {
	const { status, signal, stdout, stderr } = spawnSync(program, args, {
		env: { ...process.env, ...env },
		encoding: 'utf8',
		timeout: 120_000,
	});
	return { code: status ?? signal ?? 'not found', stdout: stdout ?? '', stderr: stderr ?? '' };
}
