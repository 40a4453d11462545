import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isNativeAddon, type NativeAddon } from './native-addon.ts';

/** Where set-up puts the addon for this Node: built for its very version, because it uses its event loop and its OpenSSL. */
const file = `media-${process.versions.node}-${process.platform}-${process.arch}.node`;
export const nativeAddonPath: string = join(import.meta.dirname, '..', '..', 'native', 'build', file);

export type NativeLoad =
	| { readonly addon: NativeAddon }
	/** `why` in a few words, for the log. */
	| { readonly addon: undefined; readonly why: string };

/** Loads the addon into this thread, if it is wanted and there. Each thread loads it for itself. Never throws. */
export function loadNative(wanted: boolean, path: string = nativeAddonPath): NativeLoad {
	if (!wanted) return { addon: undefined, why: 'switched off by DURESS_NATIVE' };
	if (!existsSync(path)) return { addon: undefined, why: readNote(`${path}.note`) };
	try {
		const addon: unknown = createRequire(import.meta.url)(path);
		if (isNativeAddon(addon)) return { addon };
		return { addon: undefined, why: 'the built addon is of another version' };
	} catch (error) {
		return { addon: undefined, why: `it cannot be loaded (${error instanceof Error ? error.message : String(error)})` };
	}
}

/** What set-up had to say about an addon that is not there. */
function readNote(path: string): string {
	try {
		return readFileSync(path, 'utf8').trim();
	} catch {
		return 'it was not built';
	}
}
