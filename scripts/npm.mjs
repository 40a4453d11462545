import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { run } from './run.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * npm's own CLI file, so that it can run under any Node. Under `npm start` and `npm test` npm names it itself; else it lies
 * where the npm on the PATH points, or beside this Node.
 */
function npmCliFile() {
	const named = process.env.npm_execpath;
	if (named !== undefined && basename(named) === 'npm-cli.js' && existsSync(named)) return named;
	const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
	for (const folder of [...folders, dirname(process.execPath)]) {
		const candidates = [
			join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
			join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
		];
		const onPath = join(folder, 'npm');
		if (existsSync(onPath)) candidates.unshift(realpathSync(onPath));
		const found = candidates.find((file) => basename(file) === 'npm-cli.js' && existsSync(file));
		if (found !== undefined) return found;
	}
	throw new SetupError('npm is not installed (looked at npm_execpath, the PATH and beside node)');
}

/** What npm prints, told in one line a person can act on. */
function explain(what, output) {
	const lines = output.split('\n').filter((line) => /npm (ERR!|error)/.test(line));
	const code = lines.map((line) => /code (E[A-Z0-9_]+)/.exec(line)?.[1]).find((found) => found !== undefined);
	if (
		['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ERR_SOCKET_TIMEOUT', 'ENETUNREACH', 'ENOTCACHED'].includes(code)
	) {
		return `${what}: the npm registry cannot be reached (${code}); check the network, or the proxy and registry in npm's configuration`;
	}
	if (code === 'ENOSPC') return `${what}: the disk is full`;
	if (code === 'EACCES' || code === 'EPERM') return `${what}: no permission to write in the project's folder (${code})`;
	const detail = lines.map((line) => line.replace(/^npm (ERR!|error)\s*/, '')).find((line) => line !== '' && !line.startsWith('code '));
	return `${what}: npm failed${code === undefined ? '' : ` (${code})`}${detail === undefined ? '' : `: ${detail}`}`;
}

/** Runs `npm ci` in a folder under the given Node; install scripts never run. */
export async function npmCi(node, cwd, what) {
	const env = { ...process.env, PATH: dirname(node) + delimiter + (process.env.PATH ?? '') };
	// An outer `npm` hands its own settings down as npm_config_*; those that would change what is installed are dropped.
	for (const key of [
		'npm_config_prefix',
		'npm_config_local_prefix',
		'npm_config_global',
		'npm_config_omit',
		'npm_config_only',
		'NODE_ENV',
	]) {
		delete env[key];
	}
	const args = [
		npmCliFile(),
		'ci',
		'--ignore-scripts',
		'--no-audit',
		'--no-fund',
		'--prefer-offline',
		'--include=dev',
		'--include=optional',
	];
	const { code, output } = await run(node, args, { cwd, env, quiet: true });
	if (code !== 0) throw new SetupError(explain(what, output));
}
