/**
 * Builds the native media path (`native/`) with the machine's C compiler against the headers that lie beside Node itself. Nothing is
 * downloaded, and nothing depends on it: where it cannot be built, a note says why, and the server runs in TypeScript alone.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { run } from './run.mjs';

const sourceFolder = join(projectRoot, 'native');
const buildFolder = join(sourceFolder, 'build');

/** Also what the tests build with, before their own flags. */
export const nativeFlags = [
	'-std=c11',
	'-D_GNU_SOURCE',
	'-DNAPI_VERSION=8',
	'-O2',
	'-fPIC',
	'-shared',
	'-fvisibility=hidden',
	'-Wall',
	'-Wextra',
];

/** Where the addon for a Node version lies, as `src/media/load-native.ts` looks for it; the reason why not lies beside it. */
function addonPath(version) {
	return join(buildFolder, `media-${version}-${process.platform}-${process.arch}.node`);
}

export function nativeSources() {
	return readdirSync(sourceFolder)
		.filter((file) => file.endsWith('.c'))
		.map((file) => join(sourceFolder, file));
}

/** The folder of headers of a Node, or undefined where it came without. */
export function headersOf(nodePath) {
	const folder = join(dirname(realpathSync(nodePath)), '..', 'include', 'node');
	return ['node_api.h', 'uv.h', join('openssl', 'evp.h')].every((file) => existsSync(join(folder, file))) ? folder : undefined;
}

function findCompiler() {
	const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
	return ['cc', 'gcc', 'clang'].flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** What there is to build with, or why there is nothing. */
function findTools({ path }) {
	if (process.platform !== 'linux') return { why: 'it is written for Linux' };
	const compiler = findCompiler();
	if (compiler === undefined) return { why: 'there is no C compiler' };
	const headers = headersOf(path);
	if (headers === undefined) return { why: 'Node came without its headers' };
	return { compiler, headers };
}

/** What a build must have been made from: sources, flags, compiler, Node. */
function wantedStamp(runtime, tools) {
	const hash = createHash('sha256');
	for (const file of readdirSync(sourceFolder).filter((name) => /\.[ch]$/.test(name))) {
		hash.update(`${file}\n`).update(readFileSync(join(sourceFolder, file)));
	}
	return hash.update(JSON.stringify([nativeFlags, tools, runtime.version])).digest('hex');
}

function readText(path) {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return undefined;
	}
}

/** Whether there is nothing to do: it was built, or tried, from just this. */
export function nativeIsFresh(runtime) {
	return readText(`${addonPath(runtime.version)}.stamp`) === wantedStamp(runtime, findTools(runtime));
}

/** Never fails: a failure is one line here, and the reason in a note that the server reads. */
export async function buildNative(runtime) {
	const tools = findTools(runtime);
	const target = addonPath(runtime.version);
	mkdirSync(buildFolder, { recursive: true });
	const why = tools.why ?? (await compile(tools, target));
	if (why === undefined) {
		rmSync(`${target}.note`, { force: true });
	} else {
		rmSync(target, { force: true });
		writeFileSync(`${target}.note`, `${why}\n`);
		console.error(`setup: no native media path (${why}); the server works without it`);
	}
	writeFileSync(`${target}.stamp`, wantedStamp(runtime, tools));
}

/** Builds beside the final place: a server that runs keeps the file that it has loaded. Gives why it failed. */
async function compile({ compiler, headers }, target) {
	const fresh = `${target}.${process.pid}`;
	const { code, output } = await run(compiler, [...nativeFlags, '-I', headers, ...nativeSources(), '-o', fresh], { quiet: true });
	if (code === 0) {
		renameSync(fresh, target);
		return undefined;
	}
	rmSync(fresh, { force: true });
	return `it cannot be compiled: ${/.*error.*/.exec(output)?.[0].trim() ?? `${compiler} ended with ${code}`}`;
}
