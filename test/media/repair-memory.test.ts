import { expect, test } from 'vitest';
import { videoCacheLimits } from '../../src/relay/packet-cache.ts';
import { inspectable, usedHeapBytes } from '../support/inspect-heap.ts';
import { until } from '../support/until.ts';
import { pressHelp } from './help-session.ts';
import { useStage } from './stage.ts';

/** Beside its packets a source keeps their table, its lines, rates and reports. */
const maxSourceBytes = videoCacheLimits.pages * videoCacheLimits.pageBytes + 512 * 1024;

const stage = useStage({ env: inspectable });

function kib(bytes: number): string {
	return `${(bytes / 1024).toFixed(1)} KiB`;
}

test('a source keeps no more than its bound, however much it sends', async () => {
	const session = await pressHelp(stage.server, 'Rosa');
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const viewer = await stage.join({ url: session.viewerWebsocketUrl });
	const before = await usedHeapBytes(stage.server);
	const source = stage.play(broadcaster, { label: 'Rosa', pictureBytes: 40_000 });
	const sentBytes = (): number => source.sent.video.reduce((sum, { payload }) => sum + payload.length, 0);
	await until('more than is kept', 20_000, () => sentBytes() > 1.5 * maxSourceBytes);
	const grown = (await usedHeapBytes(stage.server)) - before;
	source.stop();
	console.log(`a source that has sent ${kib(sentBytes())} keeps ${kib(grown)} of at most ${kib(maxSourceBytes)}`);
	expect(viewer.packets.length).toBeGreaterThan(0);
	expect(grown).toBeLessThan(maxSourceBytes);
}, 60_000);
