import { expect, test } from 'vitest';
import { judge, wholeSource } from '../support/datachannel-judge.ts';
import type { VideoCodec } from '../support/datachannel-payloads.ts';
import type { DataChannelPeer, PeerOptions } from '../support/datachannel-peer.ts';
import type { LiveSource } from '../support/datachannel-source.ts';
import { findGStreamer, GStreamerPeer } from '../support/gstreamer.ts';
import { missingSequences } from '../support/missing-sequences.ts';
import { rounds } from '../support/rounds.ts';
import { until } from '../support/until.ts';
import { WishGateway } from '../support/wish-gateway.ts';
import { post, pressHelp, readMetrics } from './help-session.ts';
import { useStage } from './stage.ts';

/** More than half a second of picture and sound, with a key frame in it. */
const enoughPackets = 60;

const stage = useStage();

interface Client {
	readonly peer: DataChannelPeer;
	readonly gateway: WishGateway;
}

async function join(protocol: 'whip' | 'whep', roomId: string, options: Pick<PeerOptions, 'sends' | 'receives'>): Promise<Client> {
	const gateway = await WishGateway.open(`${stage.server.url}/${protocol}/${roomId}`);
	const peer = await stage.join({ url: gateway.url, offers: 'raw', ...options });
	return { peer, gateway };
}

async function playedEnough(source: LiveSource): Promise<void> {
	await until('enough media', 10_000, () => source.sent.video.length >= enoughPackets);
	source.stop();
}

async function heldPeers(): Promise<readonly unknown[]> {
	const metrics = await readMetrics(stage.server);
	return [metrics.get('duress_peers'), metrics.get('duress_media_peers')];
}

test.each<VideoCodec>(['VP8', 'H264'])('an independent stack publishes %s by WHIP and watches it by WHEP, whole', async (codec) => {
	const { roomId, viewerWebsocketUrl } = await pressHelp(stage.server, 'Maria');
	const player = await join('whep', roomId, { receives: codec });
	const viewer = await stage.join({ url: viewerWebsocketUrl });
	const publisher = await join('whip', roomId, { sends: codec });
	const source = stage.play(publisher.peer, { codec, label: 'Maria' });
	await playedEnough(source);

	for (const receiver of [player.peer, viewer]) expect(await judge(source, receiver)).toMatchObject(wholeSource);
	for (const { gateway } of [player, publisher]) {
		expect(gateway.statuses[0]).toBe(201);
		expect(new Set(gateway.statuses.slice(1))).toEqual(new Set([204]));
	}
	expect(await player.gateway.delete()).toBe(200);
	await until('the player is disconnected', 5000, () => !player.peer.isConnected);
	expect(publisher.peer.isConnected).toBe(true);
	expect(await publisher.gateway.delete()).toBe(200);
	await until('the publisher is disconnected', 5000, () => !publisher.peer.isConnected);
	await viewer.leave();
	await expect.poll(heldPeers, { timeout: 3000 }).toEqual([0, 0]);
});

test('a publisher with a socket is taken over by one without, and viewers see one source', async () => {
	const { roomId, broadcasterWs } = await pressHelp(stage.server, 'Josef');
	const player = await join('whep', roomId, { receives: 'VP8' });
	const first = await stage.join({ url: broadcasterWs, sends: 'VP8' });
	const before = stage.play(first, { label: 'first' });
	await until('the first source', 5000, () => player.peer.packets.length > 20);
	const second = await join('whip', roomId, { sends: 'VP8' });
	const after = stage.play(second.peer, { label: 'second' });
	expect((await first.closed).code).toBe(4409);
	before.stop();
	await playedEnough(after);

	const last = after.sent.video.at(-1);
	await until('the end of the second source', 5000, () =>
		player.peer.packets.some(({ payload }) => last?.payload.equals(payload) === true),
	);
	expect(new Set(player.peer.packets.map(({ ssrc }) => ssrc)).size).toBe(2);
});

test('help_completed ends both, and nothing is held', async () => {
	const { roomId } = await pressHelp(stage.server, 'Ida');
	const player = await join('whep', roomId, { receives: 'VP8' });
	const publisher = await join('whip', roomId, { sends: 'VP8' });
	const source = stage.play(publisher.peer, { label: 'Ida' });
	await playedEnough(source);
	await post(stage.server, '/duress/help_completed', { name: 'Ida', helper: 'Ada' });
	for (const { peer, gateway } of [player, publisher]) {
		await until('the session is over', 5000, () => !peer.isConnected);
		expect(await gateway.delete()).toBe(404);
	}
	expect(await heldPeers()).toEqual([0, 0]);
});

if (rounds(10) === 10) {
	test.for(['VP8', 'H264'] as const)(
		'GStreamer publishes %s by WHIP and plays it by WHEP',
		{ timeout: 90_000 },
		async (codec, { skip }) => {
			const python = findGStreamer();
			if (python === undefined) return skip('GStreamer with its Python bindings is not installed');
			const { roomId, viewerWebsocketUrl } = await pressHelp(stage.server, 'Otto');
			const viewer = await stage.join({ url: viewerWebsocketUrl });
			const player = await GStreamerPeer.open(python, ['watch', codec], `${stage.server.url}/whep/${roomId}`);
			const publisher = await GStreamerPeer.open(python, ['publish', codec], `${stage.server.url}/whip/${roomId}`);
			expect([player.status, publisher.status]).toEqual([201, 201]);
			const received = (kind: 'video' | 'audio') => viewer.packetsOf(viewer.offeredSsrc(kind)).map(({ sequence }) => sequence);
			await until('media of GStreamer', 30_000, () => received('video').length > 300 && received('audio').length > 300);
			expect([missingSequences(received('video')), missingSequences(received('audio'))]).toEqual([0, 0]);
			await until('picture and sound in GStreamer', 20_000, () => player.frames > 100 && player.sounds > 200);
		},
	);
}
