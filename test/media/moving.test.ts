import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { judge, wholeSource } from '../support/datachannel-judge.ts';
import type { DataChannelPeer } from '../support/datachannel-peer.ts';
import { buildCheck, isCheck, isCheckAnswered } from '../support/ice-check.ts';
import { rounds } from '../support/rounds.ts';
import { until } from '../support/until.ts';
import { pressHelp } from './help-session.ts';
import { useStage } from './stage.ts';

const stage = useStage();

async function untilMore(peer: DataChannelPeer, packets: number): Promise<void> {
	const seen = peer.packets.length;
	await until(`${packets} more packets`, 5000, () => peer.packets.length >= seen + packets);
}

/** Somebody who listens on the way, at a port of their own, and keeps all that is sent there. */
async function eavesdropper(): Promise<{ readonly got: Buffer[]; send(datagram: Buffer): void }> {
	const socket: Socket = createSocket('udp4');
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	onTestFinished(() => void socket.close());
	const got: Buffer[] = [];
	socket.on('message', (datagram) => got.push(datagram));
	return { got, send: (datagram) => socket.send(datagram, stage.server.mediaPort, '127.0.0.1') };
}

test('a broadcaster that moves to another network loses no packet, and feedback follows it', async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const viewer = await stage.join({ url: session.viewerWebsocketUrl });
	const relay = await stage.relay();
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8', viaPort: relay.port });
	const source = stage.play(broadcaster, { label: 'Maria' });
	await untilMore(viewer, 60);

	await relay.moveToNewPort();
	const sentBefore = source.sent.video.length + source.sent.audio.length;
	await until('packets from the new address', 500, () => viewer.packets.length > sentBefore + 30);

	// libjuice nominates once; browsers say it in every check of the pair they use, which is what a server learns the move by.
	relay.inject(buildCheck({ ...broadcaster.checkCredentials, nominates: true }));
	const movedMs = performance.now();
	const feedback = () => broadcaster.rtcp.filter(({ type, atMs }) => type === 'transport-cc' && atMs > movedMs).length;
	await until('feedback at the new address', 500, () => feedback() > 1);
	const lost = relay.toFormerPorts;
	await until('a request for a key frame at the new address', 3500, () => (source.requestsMs.at(-1) ?? 0) > movedMs);
	expect(relay.toFormerPorts).toBe(lost);
	source.stop();
	expect(await judge(source, viewer)).toMatchObject(wholeSource);
});

test('a captured check, replayed from elsewhere, moves nothing', async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const relay = await stage.relay();
	const checks: Buffer[] = [];
	relay.tap = (datagram, direction) => {
		if (direction === 'up' && isCheck(datagram)) checks.push(datagram);
		return true;
	};
	const viewer = await stage.join({ url: session.viewerWebsocketUrl, viaPort: relay.port });
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const source = stage.play(broadcaster, { label: 'Maria' });
	await untilMore(viewer, 30);
	expect(checks.length).toBeGreaterThan(0);

	const thief = await eavesdropper();
	for (let time = 0; time < 10; time += 1) for (const check of checks) thief.send(check);
	await until('the answers', 2000, () => thief.got.length >= 10 * checks.length);
	await untilMore(viewer, 60);

	// A thief on the way is quicker than the original: the server has not seen this check, and the right port keeps the media all the same.
	const stolen = buildCheck({ ...viewer.checkCredentials, nominates: true });
	const answers = thief.got.length;
	for (let time = 0; time < 10; time += 1) thief.send(stolen);
	relay.inject(stolen);
	await until('the answers', 2000, () => thief.got.length >= answers + 10);
	await untilMore(viewer, 60);
	relay.inject(buildCheck({ ...viewer.checkCredentials, nominates: true }));
	for (let time = 0; time < 10; time += 1) thief.send(stolen);
	await untilMore(viewer, 60);
	source.stop();
	expect(await judge(source, viewer)).toMatchObject(wholeSource);
	expect(thief.got.filter((datagram) => !isCheckAnswered(datagram))).toEqual([]);
});

test('a viewer that moves to another network is found there by its next check', async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const relay = await stage.relay();
	const viewer = await stage.join({ url: session.viewerWebsocketUrl, viaPort: relay.port });
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	stage.play(broadcaster, { label: 'Maria' });
	await untilMore(viewer, 30);
	await relay.moveToNewPort();
	for (let time = 0; time < 2; time += 1) relay.inject(buildCheck({ ...viewer.checkCredentials, nominates: true }));
	await untilMore(viewer, 60);
	const lost = relay.toFormerPorts;
	await untilMore(viewer, 60);
	expect(relay.toFormerPorts).toBe(lost);
});

/** A session with picture and sound over two bad links. */
async function playOverBadLinks(seed: number): Promise<void> {
	const session = await pressHelp(stage.server, 'Maria');
	const link = { loss: 0.1, duplicate: 0.05, delayMs: 10, jitterMs: 15 };
	const [up, down] = await Promise.all([stage.relay({ ...link, seed }), stage.relay({ ...link, seed: 100 + seed })]);
	const [broadcaster, viewer] = await Promise.all([
		stage.join({ url: session.broadcasterWs, sends: 'H264', viaPort: up.port }),
		stage.join({ url: session.viewerWebsocketUrl, viaPort: down.port }),
	]);
	const source = stage.play(broadcaster, { codec: 'H264', label: 'Maria' });
	await untilMore(viewer, 200);
	source.stop();

	const received = viewer.packetsOf(viewer.offeredSsrc('video'));
	const sent = new Set(source.sent.video.map(({ payload }) => payload.toString('latin1')));
	expect(received.filter(({ payload }) => !sent.has(payload.toString('latin1')))).toEqual([]);
	expect(new Set(received.map(({ sequence }) => sequence)).size).toBe(received.length);
	expect(received.length).toBeGreaterThan(source.sent.video.length * 0.6);
	expect(received.length).toBeLessThan(source.sent.video.length);
}

test('a tenth of all datagrams lost in both directions, delay and reordering stop nobody', async () => {
	await Promise.all([1, 2, 3].map(playOverBadLinks));
});

// Half a minute of waiting: only where rounds are full.
if (rounds(10) === 10) {
	test('a viewer that has vanished is sent nothing once its consent has run out', async () => {
		const session = await pressHelp(stage.server, 'Maria');
		const relay = await stage.relay();
		const vanishing = await stage.join({ url: session.viewerWebsocketUrl, viaPort: relay.port });
		const staying = await stage.join({ url: session.viewerWebsocketUrl });
		const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
		const source = stage.play(broadcaster, { label: 'Maria', pictureBytes: 800 });
		await untilMore(vanishing, 30);
		relay.dark = true;
		const darkMs = performance.now();
		await until('the server notices', 40_000, () => stage.server.logRecords().some(({ msg }) => msg === 'peer silent'));
		// The last check came at most one interval before the light went out.
		expect(performance.now() - darkMs).toBeGreaterThan(23_000);
		expect(performance.now() - darkMs).toBeLessThan(31_000);
		await untilMore(staying, 30);
		const sent = relay.fromServer;
		await untilMore(staying, 200);
		expect(relay.fromServer).toBe(sent);
		source.stop();
		expect(await judge(source, staying)).toMatchObject(wholeSource);
	}, 60_000);
}
