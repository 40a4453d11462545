import { requireProgram } from '../../../test/support/programs.ts';
import { loadNative } from '../load-native.ts';
import type { NativeAddon } from '../native-addon.ts';

/**
 * The addon that set-up has built. Without a compiler the running test is reported as skipped, with `CI=true` it fails; where there is one,
 * an addon that is missing is a failure.
 */
export function nativeAddon(): NativeAddon {
	const { addon, ...rest } = loadNative(true);
	if (addon !== undefined) return addon;
	requireProgram('compiler');
	throw new Error(`no native media path: ${JSON.stringify(rest)}`);
}
