import { expect, test } from 'vitest';
import { judgeLine, wholeSource } from '../support/datachannel-judge.ts';
import { DataChannelPeer } from '../support/datachannel-peer.ts';
import { LiveSource } from '../support/datachannel-source.ts';
import { usedHeapBytes } from '../support/inspect-heap.ts';
import { inspectable } from '../support/inspector.ts';
import { until } from '../support/until.ts';
import { post, pressHelp, readMetrics } from './help-session.ts';
import { OfferedSocket } from './offered-socket.ts';
import { useStage } from './stage.ts';

const sessionCount = 1000;
/** By then code is compiled and pools are filled: what grows later is a leak. */
const warmAfter = 300;
/** Every so many sessions are real ones, with media. */
const connectedEvery = 20;
const atOnce = 4;
/** What 700 sessions may leave: 0.7 KiB each, less than the smallest object of a room or peer with what hangs on it. */
const growthMaxBytes = 512 * 1024;

const stage = useStage({ env: inspectable });

/** Help is pressed, both sides open their sockets and get their offers, somebody completes it. */
async function signalingOnly(name: string): Promise<void> {
	const session = await pressHelp(stage.server, name);
	const sockets = await Promise.all([OfferedSocket.open(session.broadcasterWs), OfferedSocket.open(session.viewerWebsocketUrl)]);
	await complete(name);
	for (const socket of sockets) expect(await socket.closed).toBe(1000);
}

/** The same with media from one to the other. */
async function withMedia(name: string): Promise<void> {
	const session = await pressHelp(stage.server, name);
	const [broadcaster, viewer] = await Promise.all([
		DataChannelPeer.connect({ url: session.broadcasterWs, sends: 'VP8' }),
		DataChannelPeer.connect({ url: session.viewerWebsocketUrl }),
	]);
	const source = new LiveSource(broadcaster, { label: name });
	source.sendPicture();
	const ssrc = viewer.offeredSsrc('video');
	await until('the picture', 3000, () => viewer.packetsOf(ssrc).length === source.sent.video.length);
	expect(judgeLine(source.sent.video, viewer.packetsOf(ssrc))).toMatchObject(wholeSource.video);
	await complete(name);
	for (const peer of [broadcaster, viewer]) {
		expect((await peer.closed).code).toBe(1000);
		expect(peer.framesOf('duress-stop')).toHaveLength(1);
		peer.abandon();
	}
}

async function complete(name: string): Promise<void> {
	expect((await post(stage.server, '/duress/help_completed', { name, helper: 'Ada' })).status).toBe(200);
}

async function run(from: number, to: number): Promise<void> {
	let next = from;
	const worker = async (): Promise<void> => {
		while (next < to) {
			const number = next++;
			await (number % connectedEvery === 0 ? withMedia : signalingOnly)(`Person ${number}`);
		}
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
}

test(`${sessionCount} sessions of open and close leave nothing behind`, { timeout: 120_000 }, async () => {
	await run(0, warmAfter);
	const warm = await usedHeapBytes(stage.server);
	await run(warmAfter, sessionCount);
	const done = await usedHeapBytes(stage.server);

	const metrics = await readMetrics(stage.server);
	const held = ['duress_rooms', 'duress_room_entries', 'duress_peers', 'duress_open_requests', 'duress_sockets'];
	held.push('duress_media_peers', 'duress_media_publications', 'duress_media_routes');
	for (const name of held) expect([name, metrics.get(name)]).toEqual([name, 0]);
	console.log(`heap in use: ${warm >> 10} KiB after ${warmAfter} sessions, ${done >> 10} KiB after ${sessionCount}`);
	expect(done - warm).toBeLessThan(growthMaxBytes);
});
