import { expect, test } from 'vitest';
import { videoCacheLimits } from '../../src/relay/packet-cache.ts';
import { usedHeapBytes } from '../support/inspect-heap.ts';
import { inspectable } from '../support/inspector.ts';
import { until } from '../support/until.ts';
import { pressHelp } from './help-session.ts';
import { useStage } from './stage.ts';

/** Beside the source's packets: their table, its lines, rates and reports, two peers, a room, and what the engine's code grows by meanwhile. */
const maxSourceBytes = videoCacheLimits.pages * videoCacheLimits.pageBytes + 1024 * 1024;

const stage = useStage({ env: inspectable });

/** All that one viewer costs: its WebSocket, negotiation, transport, keys, numbers and lines. */
const maxViewerBytes = 64 * 1024;
const viewers = 48;

function kib(bytes: number): string {
	return `${(bytes / 1024).toFixed(1)} KiB`;
}

test('a source keeps no more than its bound, however much it sends', async () => {
	const other = await pressHelp(stage.server, 'Eva');
	const [usual, watching] = [
		await stage.join({ url: other.broadcasterWs, sends: 'VP8' }),
		await stage.join({ url: other.viewerWebsocketUrl }),
	];
	const usualSource = stage.play(usual, { label: 'Eva' });
	// What is made once, code of the engine too, is there before the first look.
	await until('media of another', 5000, () => watching.packets.length > 300);
	usualSource.stop();

	const session = await pressHelp(stage.server, 'Rosa');
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const viewer = await stage.join({ url: session.viewerWebsocketUrl });
	const before = await usedHeapBytes(stage.server);
	const source = stage.play(broadcaster, { label: 'Rosa', pictureBytes: 40_000 });
	const sentBytes = (): number => source.sent.video.reduce((sum, { payload }) => sum + payload.length, 0);
	await until('more than is kept', 20_000, () => sentBytes() > 1.25 * maxSourceBytes);
	const grown = (await usedHeapBytes(stage.server)) - before;
	await until('much more', 20_000, () => sentBytes() > 2 * maxSourceBytes);
	const grownAfter = (await usedHeapBytes(stage.server)) - before;
	source.stop();
	console.log(`a source and its two peers keep ${kib(grown)}, and ${kib(grownAfter)} when ${kib(sentBytes())} were sent`);
	expect(viewer.packets.length).toBeGreaterThan(0);
	expect(grown).toBeLessThan(maxSourceBytes);
	expect(grownAfter - grown).toBeLessThan(256 * 1024);
}, 60_000);

test('a viewer costs less than 64 KiB', async () => {
	const session = await pressHelp(stage.server, 'Olga');
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const source = stage.play(broadcaster, { label: 'Olga' });
	const join = async (count: number): Promise<void> => {
		const joined = await Promise.all(Array.from({ length: count }, () => stage.join({ url: session.viewerWebsocketUrl })));
		await until('media at every viewer', 10_000, () => joined.every(({ packets }) => packets.length > 300));
	};
	// Code is compiled and tables grow for the first ones.
	await join(viewers / 2);
	const before = await usedHeapBytes(stage.server);
	await join(viewers);
	const perViewer = ((await usedHeapBytes(stage.server)) - before) / viewers;
	source.stop();
	console.log(`a viewer costs ${kib(perViewer)}`);
	expect(perViewer).toBeLessThan(maxViewerBytes);
}, 60_000);
