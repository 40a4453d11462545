import { join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { nativeAddonPath } from '../../src/media/load-native.ts';
import { nativeAddon } from '../../src/media/testing/native-addon.ts';
import { requireProgram } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { compile, runProgram, type ScriptEnd } from './build-addon.ts';

const script = [join(import.meta.dirname, 'starved-socket.ts'), nativeAddonPath];
const SENT_IN_ONE_TURN = 3000;
/** As many wait as there is room for; the others are dropped and counted. */
const QUEUE = 2048;

function judge({ code, stdout, stderr }: ScriptEnd): void {
	expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
	const { kept, ...rest } = JSON.parse(stdout);
	expect(rest).toEqual({ inOrder: true, droppedLater: 0, refused: 0 });
	expect(kept).toBeGreaterThan(QUEUE);
	expect(kept).toBeLessThan(SENT_IN_ONE_TURN);
}

test('when the kernel takes a part, or nothing for a while, all that finds room in the queue arrives in order', () => {
	nativeAddon();
	const library = join(temporaryFolder(), 'starved-kernel.so');
	compile(requireProgram('compiler'), [join(import.meta.dirname, 'starved-kernel.c')], library);
	judge(runProgram(process.execPath, script, { LD_PRELOAD: library }));
});

/** Where one may have a network of one's own: a loopback interface of 100 Mbit/s, behind a send buffer of two datagrams. */
test('over a link that is slower than the sender the same happens', ({ skip }: TestContext) => {
	nativeAddon();
	const slowLink = 'ip link set lo up && tc qdisc add dev lo root tbf rate 100mbit burst 8kb latency 1s && exec "$0" "$@"';
	const inNetwork = (...command: readonly string[]) =>
		runProgram('unshare', ['--user', '--map-root-user', '--net', 'sh', '-c', slowLink, ...command]);
	if (inNetwork('true').code !== 0) skip('no network namespaces, or no tc');
	judge(inNetwork(process.execPath, ...script));
});
