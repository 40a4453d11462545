import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCi } from './npm.mjs';
import { projectRoot } from './project-root.mjs';

const stampFile = join(projectRoot, 'node_modules', '.stamp');

/** What node_modules must have been made from: this lock file, for this platform, under this Node. */
function wantedStamp(runtime) {
	const lock = readFileSync(join(projectRoot, 'package-lock.json'));
	return createHash('sha256').update(lock).update(`\n${runtime.version} ${process.platform} ${process.arch}\n`).digest('hex');
}

export function packagesAreFresh(runtime) {
	try {
		return readFileSync(stampFile, 'utf8') === wantedStamp(runtime);
	} catch {
		return false;
	}
}

export function stampPackages(runtime) {
	writeFileSync(stampFile, wantedStamp(runtime));
}

/** `npm ci`; the stamp goes first and comes last, so that an interrupted installation is made again. */
export async function installPackages(runtime) {
	console.error('setup: packages from the npm registry (a minute on a slow network) …');
	rmSync(stampFile, { force: true });
	await npmCi(runtime.path, projectRoot, 'the packages could not be installed');
	stampPackages(runtime);
}
