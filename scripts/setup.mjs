/**
 * Makes a fresh clone ready to run with nothing but Node 20 (or newer) and npm: the pinned Node where the machine's is older
 * than 24, the packages, and the native media path where there is a compiler. Plain JavaScript without dependencies, because it runs before there are any.
 */
import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { buildNative, nativeIsFresh } from './native.mjs';
import { installPackages, packagesAreFresh } from './packages.mjs';
import { chooseRuntime, installRuntime, runtimeFolder } from './runtime.mjs';
import { withLock } from './setup-lock.mjs';

/** Gives `{ node, env }`: the Node to run on, and an environment with it first on the PATH. Quick when all is there. */
export async function setup() {
	let runtime = chooseRuntime();
	if (!runtime.ready || !packagesAreFresh(runtime) || !nativeIsFresh(runtime)) {
		mkdirSync(runtimeFolder, { recursive: true });
		const startedMs = Date.now();
		await withLock(
			join(runtimeFolder, 'lock'),
			async () => {
				runtime = chooseRuntime();
				if (!runtime.ready) await installRuntime(runtime);
				if (!packagesAreFresh(runtime)) await installPackages(runtime);
				if (!nativeIsFresh(runtime)) await buildNative(runtime);
			},
			(pid) => console.error(`setup: another set-up is running here${pid > 0 ? ` (process ${pid})` : ''}, waiting for it …`),
		);
		console.error(`setup: ready after ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
	}
	return { node: runtime.path, env: { ...process.env, PATH: dirname(runtime.path) + delimiter + (process.env.PATH ?? '') } };
}
