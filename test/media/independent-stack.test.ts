import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { judge, judgeKind, wholeSource } from '../support/datachannel-judge.ts';
import type { VideoCodec } from '../support/datachannel-payloads.ts';
import type { DataChannelPeer } from '../support/datachannel-peer.ts';
import type { LiveSource } from '../support/datachannel-source.ts';
import { until } from '../support/until.ts';
import { pressHelp } from './help-session.ts';
import { useStage } from './stage.ts';

/** More than half a second of picture and sound, with a key frame in it. */
const enoughPackets = 60;

async function playedEnough(source: LiveSource): Promise<void> {
	await until('enough media', 10_000, () => source.sent.video.length >= enoughPackets);
	source.stop();
}

describe('An independent stack', () => {
	const stage = useStage();
	const codecs: readonly VideoCodec[] = ['VP8', 'H264'];
	const ways = [
		{ way: "answers the server's offer", offers: undefined },
		{ way: 'offers as JSON', offers: 'json' },
		{ way: 'offers as raw SDP', offers: 'raw' },
	] as const;

	describe.each(codecs)('with %s', (codec) => {
		test.each(ways)('is relayed whole when the broadcaster $way', async ({ offers }) => {
			const session = await pressHelp(stage.server, 'Maria');
			const url = session.viewerWebsocketUrl;
			const viewers = await Promise.all([
				stage.join({ url }),
				stage.join({ url, offers: 'json', receives: codec, videoPayloadType: 107 }),
				stage.join({ url, offers: 'raw', receives: codec }),
			]);
			const broadcaster = await stage.join({
				url: session.broadcasterWs,
				sends: codec,
				...(offers !== undefined && { offers, videoPayloadType: 120 }),
			});
			const source = stage.play(broadcaster, { codec, label: 'Maria' });
			await playedEnough(source);

			for (const viewer of viewers) expect(await judge(source, viewer)).toMatchObject(wholeSource);
			expect(payloadTypes(viewers[0])).toEqual([codec === 'VP8' ? 96 : 98, 111]);
			expect(payloadTypes(viewers[1])).toEqual([107, 111]);
		});
	});

	test('is connected before the broadcaster comes, and its first offer holds', async () => {
		const session = await pressHelp(stage.server, 'Maria');
		const viewer = await stage.join({ url: session.viewerWebsocketUrl });
		const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'H264' });
		const source = stage.play(broadcaster, { codec: 'H264', label: 'Maria' });
		await playedEnough(source);

		expect(await judge(source, viewer)).toMatchObject(wholeSource);
		expect(viewer.framesOf('offer')).toHaveLength(1);
		expect(viewer.framesOf('error')).toEqual([]);
	});

	test('gets the sound, and is told why there is no picture, when its answer lacks the codec', async () => {
		const session = await pressHelp(stage.server, 'Maria');
		const viewer = await stage.join({ url: session.viewerWebsocketUrl, rewrite: (sdp) => withoutPayloadType(sdp, 98) });
		const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'H264' });
		const source = stage.play(broadcaster, { codec: 'H264', label: 'Maria' });
		expect((await viewer.nextFrame('error')).data).toBe('Codec not supported: H264');
		await playedEnough(source);

		expect(await judgeKind('audio', source, viewer)).toMatchObject(wholeSource.audio);
		expect(viewer.packetsOf(viewer.offeredSsrc('video'))).toEqual([]);
		expect(viewer.framesOf('error')).toHaveLength(1);
	});

	test('that sends as a viewer is heard by nobody', async () => {
		const session = await pressHelp(stage.server, 'Maria');
		const viewer = await stage.join({ url: session.viewerWebsocketUrl });
		const sender = await stage.join({ url: session.viewerWebsocketUrl, offers: 'json', sends: 'VP8', receives: 'VP8' });
		const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
		const heckler = stage.play(sender, { label: 'Heckler' });
		const source = stage.play(broadcaster, { label: 'Maria' });
		await Promise.all([playedEnough(source), playedEnough(heckler)]);

		for (const receiver of [viewer, sender]) expect(await judge(source, receiver)).toMatchObject(wholeSource);
		expect(new Set(viewer.packets.map((packet) => packet.ssrc)).size).toBe(2);
		expect(broadcaster.packets).toEqual([]);
	});

	test('may send across the wrap of its sequence numbers and timestamps', async () => {
		const session = await pressHelp(stage.server, 'Maria');
		const viewer = await stage.join({ url: session.viewerWebsocketUrl });
		const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
		const source = stage.play(broadcaster, { label: 'Maria', firstSequence: 65_500, firstTimestamp: 2 ** 32 - 20_000 });
		await playedEnough(source);

		expect(source.sent.video.at(-1)?.sequence).toBeLessThan(65_500);
		expect(source.sent.video.at(-1)?.timestamp).toBeLessThan(2 ** 32 - 20_000);
		expect(await judge(source, viewer)).toMatchObject(wholeSource);
	});
});

/** What a protected packet has more than the packet itself: RFC 7714, section 12, and RFC 3711, section 5.2. */
const authenticationTagBytes = { AEAD_AES_128_GCM: 16, AES128_CM_HMAC_SHA1_80: 10 } as const;

describe.each(['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'] as const)('Under %s', (profile) => {
	const stage = useStage({ env: { DURESS_SRTP_PROFILES: profile } });

	test('an independent stack is relayed whole', async () => {
		const session = await pressHelp(stage.server, 'Maria');
		const relay = await stage.relay();
		const protectedLengths = new Map<number, number>();
		const viewer = await stage.join({ url: session.viewerWebsocketUrl, viaPort: relay.port });
		relay.tap = (datagram) => {
			if (datagram.readUInt8(0) >> 6 === 2)
				protectedLengths.set(datagram.readUInt32BE(8) * 65_536 + datagram.readUInt16BE(2), datagram.length);
			return true;
		};
		const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
		const source = stage.play(broadcaster, { label: 'Maria' });
		await playedEnough(source);

		expect(await judge(source, viewer)).toMatchObject(wholeSource);
		const headerBytes = 20;
		for (const { ssrc, sequence, payload } of viewer.packets) {
			const tagBytes = (protectedLengths.get(ssrc * 65_536 + sequence) ?? 0) - headerBytes - payload.length;
			expect(tagBytes).toBe(authenticationTagBytes[profile]);
		}
	});
});

/** One address of each family that this machine has: a peer is given no other. */
const addresses = Object.values(networkInterfaces())
	.flatMap((list) => list ?? [])
	.filter(({ address }) => address === '127.0.0.1' || address === '::1')
	.map(({ address }) => address);

describe.each(addresses)('At %s', (address) => {
	const stage = useStage({ env: { DURESS_ANNOUNCED_IPS: address } });

	test('an independent stack is relayed whole', async () => {
		const session = await pressHelp(stage.server, 'Maria');
		const viewer = await stage.join({ url: session.viewerWebsocketUrl });
		const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
		const source = stage.play(broadcaster, { label: 'Maria' });
		await playedEnough(source);
		expect(viewer.remoteSdp).toContain(`a=candidate:1 1 udp 2130706431 ${address} ${stage.server.mediaPort} typ host`);
		expect(await judge(source, viewer)).toMatchObject(wholeSource);
	});
});

function payloadTypes(peer: DataChannelPeer | undefined): number[] {
	return [...new Set(peer?.packets.map((packet) => packet.payloadType))].sort((a, b) => a - b);
}

/** What a client answers that does not know a codec. */
function withoutPayloadType(sdp: string, payloadType: number): string {
	return sdp
		.replace(new RegExp(`^(m=video .*) ${payloadType}\\b`, 'm'), '$1')
		.replace(new RegExp(`^a=(rtpmap|fmtp|rtcp-fb):${payloadType} .*\\r\\n`, 'gm'), '');
}
