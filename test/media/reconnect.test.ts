import { expect, test } from 'vitest';
import { judge, judgeLine, wholeSource } from '../support/datachannel-judge.ts';
import type { MediaKind } from '../support/datachannel-peer.ts';
import { until } from '../support/until.ts';
import { pressHelp } from './help-session.ts';
import { useStage } from './stage.ts';

const stage = useStage();
const kinds: readonly MediaKind[] = ['video', 'audio'];
/** Between the moment a packet passes the server and the moment this process gets to look; a wrong line is off by much more. */
const schedulingMs = 250;
const clockRates = { video: 90_000, audio: 48_000 } as const;

test.each([
	{ how: 'while its old connection still sends', leavesFirst: false },
	{ how: 'after its old one has closed', leavesFirst: true },
])('a broadcaster that reconnects $how goes on in the same lines', async ({ leavesFirst }) => {
	const session = await pressHelp(stage.server, 'Maria');
	const viewer = await stage.join({ url: session.viewerWebsocketUrl });
	const first = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const before = stage.play(first, { label: 'before', firstSequence: 1234, firstTimestamp: 5_000_000 });
	await until('media', 3000, () => viewer.packets.length > 60);
	if (leavesFirst) {
		before.stop();
		await first.leave();
	}

	const second = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const after = stage.play(second, { label: 'after', firstSequence: 60_000, firstTimestamp: 77 });
	await until('media of the new connection', 3000, () => after.sent.video.length > 60);
	before.stop();
	after.stop();
	await judge(after, viewer);

	const offered = { video: viewer.offeredSsrc('video'), audio: viewer.offeredSsrc('audio') };
	for (const kind of kinds) {
		const received = viewer.packetsOf(offered[kind]);
		const turn = received.findIndex((packet) => after.sent[kind][0]?.payload.equals(packet.payload));
		const [last, next] = [received[turn - 1], received[turn]];
		if (last === undefined || next === undefined) throw new Error(`no ${kind} of both connections`);
		expect(judgeLine(before.sent[kind].slice(0, turn), received.slice(0, turn))).toMatchObject(wholeSource[kind]);
		expect(judgeLine(after.sent[kind], received.slice(turn))).toMatchObject(wholeSource[kind]);
		expect(next.sequence).toBe((last.sequence + 1) & 0xffff);
		const pauseMs = (((next.timestamp - last.timestamp) | 0) / clockRates[kind]) * 1000;
		expect(Math.abs(pauseMs - (next.atMs - last.atMs))).toBeLessThan(schedulingMs);
	}
	expect(new Set(viewer.packets.map((packet) => packet.ssrc))).toEqual(new Set([offered.video, offered.audio]));
	expect(viewer.framesOf('offer')).toHaveLength(1);
	if (!leavesFirst) {
		expect(await first.closed).toEqual({ code: 4409, reason: 'Replaced' });
		expect(first.framesOf('error').map((frame) => frame.data)).toEqual(['Replaced']);
	}
});

test('the old connection of a broadcaster stays until the new one sends', async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const viewer = await stage.join({ url: session.viewerWebsocketUrl });
	const first = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const source = stage.play(first, { label: 'Maria' });
	await until('media', 3000, () => viewer.packets.length > 60);
	await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const seen = viewer.packets.length;
	await until('more media', 3000, () => viewer.packets.length > seen + 60);
	source.stop();
	expect(await judge(source, viewer)).toMatchObject(wholeSource);
	expect(first.framesOf('error')).toEqual([]);
});
