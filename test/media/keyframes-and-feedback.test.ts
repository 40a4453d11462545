import { expect, test } from 'vitest';
import { isKeyframeStart } from '../../src/rtp/keyframe.ts';
import type { MediaKind } from '../support/datachannel-peer.ts';
import { writePictureLoss } from '../support/datachannel-rtp.ts';
import { until } from '../support/until.ts';
import { pressHelp } from './help-session.ts';
import { useStage } from './stage.ts';

/** Between the moment the server sends and the moment this process gets to look. */
const schedulingMs = 100;

const stage = useStage();

function gaps(timesMs: readonly number[]): number[] {
	return timesMs.slice(1).map((timeMs, index) => timeMs - (timesMs[index] ?? 0));
}

test('a viewer who joins begins with the key frame that was kept, and the phone is asked for one only every 3 s', async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const source = stage.play(broadcaster, { label: 'Maria' });
	await until('the first request', 1000, () => source.requestsMs.length === 1);
	await until('a while without a request', 3000, () => performance.now() - (source.requestsMs[0] ?? 0) > 600);

	const viewer = await stage.join({ url: session.viewerWebsocketUrl });
	const picture = () => viewer.packetsOf(viewer.offeredSsrc('video'));
	await until('a picture at the viewer', 1000, () => picture().length > 10);
	const first = picture()[0]?.payload ?? Buffer.alloc(0);
	expect(isKeyframeStart('VP8', first, 0, first.length)).toBe(true);
	expect(source.requestsMs.length).toBe(1);
	await until('a request without a reason', 4000, () => source.requestsMs.length === 2);
	const [quietMs = 0] = gaps(source.requestsMs);
	expect(quietMs).toBeGreaterThan(3000 - schedulingMs);
	expect(quietMs).toBeLessThan(3000 + 3 * schedulingMs);
});

test('requests of many viewers become one, and no two are sent within 500 ms', async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const source = stage.play(broadcaster, { label: 'Maria' });
	const viewers = await Promise.all([1, 2, 3].map(() => stage.join({ url: session.viewerWebsocketUrl })));
	await until('media at every viewer', 3000, () => viewers.every((viewer) => viewer.packets.length > 0));

	const beginMs = performance.now();
	const asking = setInterval(() => {
		for (const viewer of viewers) viewer.send('video', writePictureLoss(1, viewer.offeredSsrc('video')));
	}, 20);
	await until('2 s of requests', 3000, () => performance.now() - beginMs > 2000).finally(() => clearInterval(asking));
	const answered = source.requestsMs.filter((timeMs) => timeMs > beginMs);
	// In the first second after a viewer was given the kept group, what it asks for is on its way.
	expect(answered.length).toBeGreaterThanOrEqual(2);
	expect(answered.length).toBeLessThanOrEqual(5);
	expect(Math.min(...gaps(source.requestsMs))).toBeGreaterThan(500 - schedulingMs);
});

test('the broadcaster learns how its packets arrive', async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const source = stage.play(broadcaster, { label: 'Maria', firstSequence: 65_500 });
	const reports = () => broadcaster.rtcp.filter((seen) => seen.type === 'receiver-report' && seen.blocks.length === 2);
	await until('two receiver reports', 5000, () => reports().length >= 2);

	const transportCc = broadcaster.rtcp.filter((seen) => seen.type === 'transport-cc');
	const between = gaps(transportCc.map((seen) => seen.atMs));
	const seconds = between.reduce((sum, gap) => sum + gap, 0) / 1000;
	expect(transportCc.length / seconds).toBeGreaterThan(9);
	expect(transportCc.length / seconds).toBeLessThan(21);
	const acknowledged = transportCc.reduce((sum, seen) => sum + seen.statusCount, 0);
	const sent = source.sent.video.length + source.sent.audio.length;
	expect(acknowledged).toBeGreaterThan(sent * 0.8);
	expect(acknowledged).toBeLessThanOrEqual(sent);

	const last = reports().at(-1);
	if (last?.type !== 'receiver-report') throw new Error('no receiver report');
	for (const kind of ['video', 'audio'] as const) {
		const block = last.blocks.find(({ ssrc }) => ssrc === broadcaster.ssrc[kind]);
		expect(block?.lost).toBe(0);
		// One cycle: the numbers began just before the wrap.
		expect(block?.highestSequence).toBeGreaterThan(65_536);
		expect((block?.highestSequence ?? 0) - 65_500).toBeLessThanOrEqual(source.sent[kind].length);
	}
});

test("viewers get sender reports that lay picture and sound on the server's clock", async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const viewer = await stage.join({ url: session.viewerWebsocketUrl });
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	stage.play(broadcaster, { label: 'Maria' });
	const reportsOf = (kind: MediaKind) =>
		viewer.rtcp.flatMap((seen) => (seen.type === 'sender-report' && seen.ssrc === viewer.offeredSsrc(kind) ? [seen] : []));
	await until('reports of both', 5000, () => reportsOf('video').length >= 2 && reportsOf('audio').length >= 2);

	for (const kind of ['video', 'audio'] as const) {
		const report = reportsOf(kind).at(-1);
		const packet = viewer.packetsOf(viewer.offeredSsrc(kind)).findLast(({ atMs }) => atMs < (report?.atMs ?? 0));
		if (report === undefined || packet === undefined) throw new Error(`no ${kind}`);
		const clockRate = kind === 'video' ? 90_000 : 48_000;
		const captureAgoMs = (((report.rtpTimestamp - packet.timestamp) | 0) / clockRate) * 1000;
		expect(Math.abs(captureAgoMs - (report.atMs - packet.atMs))).toBeLessThan(2 * schedulingMs);
		expect(Math.abs(report.ntpMs - (performance.timeOrigin + report.atMs))).toBeLessThan(2 * schedulingMs);
		expect(report.packets).toBeGreaterThan(0);
		expect(report.packets).toBeLessThanOrEqual(viewer.packetsOf(report.ssrc).length);
	}
});
