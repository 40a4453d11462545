/** Finds a Chromium for the browser tests, and fetches one where there is none. */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { run } from './run.mjs';
import { runtimeFolder } from './runtime.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const downloads = join(runtimeFolder, 'browsers');

function onPath(name) {
	for (const folder of (process.env.PATH ?? '').split(delimiter)) {
		try {
			accessSync(join(folder, name), constants.X_OK);
			return join(folder, name);
		} catch {
			// Not here.
		}
	}
	return undefined;
}

function installed() {
	return names.map(onPath).find((path) => path !== undefined);
}

/** Playwright unpacks to `<name>-<revision>/<platform>/<binary>`. */
function downloaded() {
	if (!existsSync(downloads)) return undefined;
	for (const revision of readdirSync(downloads)) {
		if (!revision.startsWith('chromium')) continue;
		for (const entry of readdirSync(join(downloads, revision), { recursive: true })) {
			if (/(^|[\\/])(headless_shell|chrome-headless-shell|chrome)(\.exe)?$/.test(entry)) {
				const path = join(downloads, revision, entry);
				try {
					accessSync(path, constants.X_OK);
					return path;
				} catch {
					// A folder or data file of the same name.
				}
			}
		}
	}
	return undefined;
}

async function runs(path) {
	return (await run(path, ['--version'], { quiet: true })).code === 0;
}

async function fromDebian() {
	if (process.platform !== 'linux' || process.getuid?.() !== 0 || onPath('apt-get') === undefined) return undefined;
	console.error('setup: Chromium from Debian …');
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	const install = ['install', '-y', '--no-install-recommends', 'chromium'];
	let { code } = await run('apt-get', install, { env, quiet: true });
	if (code !== 0) {
		// A fresh image has no package lists.
		await run('apt-get', ['update'], { env, quiet: true });
		({ code } = await run('apt-get', install, { env, quiet: true }));
	}
	return code === 0 ? installed() : undefined;
}

async function fromPlaywright(node, env) {
	console.error("setup: Chromium from Playwright's download …");
	const cli = join(projectRoot, 'node_modules', 'playwright-core', 'cli.js');
	await run(node, [cli, 'install', '--only-shell', 'chromium'], { env: { ...env, PLAYWRIGHT_BROWSERS_PATH: downloads }, quiet: true });
	return downloaded();
}

/** The path of a Chromium that runs, or undefined after saying what was tried. */
export async function findChromium(node, env) {
	const named = process.env.CHROMIUM_PATH;
	if (named !== undefined && named !== '') {
		if (await runs(named)) return named;
		console.error(`setup: CHROMIUM_PATH names ${named}, which does not run`);
		return undefined;
	}
	for (const find of [installed, downloaded, fromDebian, () => fromPlaywright(node, env)]) {
		const path = await find();
		if (path !== undefined && (await runs(path))) return path;
	}
	console.error(
		"setup: no Chromium: none on the PATH, and neither Debian's package nor Playwright's download could be had; set CHROMIUM_PATH",
	);
	return undefined;
}
