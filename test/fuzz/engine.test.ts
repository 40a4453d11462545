import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createCertificate } from '../../src/dtls/certificate.ts';
import { ScriptedClient } from '../../src/dtls/test-support/scripted-client.ts';
import { Camera, cameraNumber } from '../../src/media/testing/camera.ts';
import { EngineStage, VIDEO_SSRC } from '../../src/media/testing/engine-stage.ts';
import type { LoopbackClient } from '../../src/media/testing/loopback-client.ts';
import { pictureFeed, pictureView, soundFeed, soundView } from '../../src/media/testing/sections.ts';
import { writeRtcp } from '../../src/rtcp/compound.ts';
import { rtcpSamples } from '../../src/rtcp/packet-samples.fixture.ts';
import { codecs, type MediaKind } from '../../src/rtp/codecs.ts';
import { createRtpHeader, parseProtectedRtpHeader, RTP_FIXED_HEADER_BYTES } from '../../src/rtp/packet.ts';
import { SRTP_MAX_OVERHEAD, SRTP_MAX_PACKET_LENGTH } from '../../src/srtp/profile.ts';
import { buildStun } from '../../src/stun/builder.ts';
import { BINDING_METHOD } from '../../src/stun/message.ts';
import { username } from '../../src/stun/username.ts';
import { rounds } from '../support/rounds.ts';
import { Damage } from './damage.ts';
import { codecPackets, descriptorId, packetsWithExtensions, redPackets } from './rtp-samples.ts';

const datagramCount = rounds(100_000);
/** Dealt with before the next are sent: no socket's buffer overflows. */
const perStep = 50;
const stepMs = 50;
const HONEST_SSRC = 77;

/** What a phone may name by the number of a codec. */
function payloadTypesOf(kind: MediaKind): readonly number[] {
	return codecs
		.filter((codec) => codec.kind === kind)
		.flatMap(({ payloadType, rtxPayloadType, redPayloadType }) => [payloadType, rtxPayloadType, redPayloadType])
		.filter((payloadType) => payloadType !== undefined);
}

/** What the hostile phone sends, most of the time under the numbers that belong to it: one SSRC is the honest one's. */
const hostileStreams = [
	{ ssrc: 1, payloadTypes: payloadTypesOf('video') },
	{ ssrc: 2, payloadTypes: payloadTypesOf('audio') },
	{ ssrc: HONEST_SSRC, payloadTypes: [...payloadTypesOf('video'), ...payloadTypesOf('audio')] },
];

const packets = [...Object.values(codecPackets).flat(), ...packetsWithExtensions, ...redPackets];
/** The samples, and the same about the stream that viewers are sent. */
const feedback = rtcpSamples.flatMap(({ bytes, packet }) =>
	packet !== undefined && 'mediaSsrc' in packet ? [bytes, writeRtcp([{ ...packet, mediaSsrc: VIDEO_SSRC }])] : [bytes],
);

/** A phone or a viewer that holds valid keys and says what it likes. */
class HostilePeer {
	readonly client: LoopbackClient;
	readonly #damage: Damage;
	readonly #indices = new Map<number, number>();
	readonly #header = createRtpHeader();

	constructor(client: LoopbackClient, damage: Damage) {
		this.client = client;
		this.#damage = damage;
	}

	/** One packet of each stream that is in order: by it the engine knows sound from picture. */
	begin(): void {
		for (const { ssrc, payloadTypes } of hostileStreams) {
			const [packet] = ssrc === 2 ? codecPackets.opus : codecPackets.VP8;
			if (packet !== undefined) this.#protect(Uint8Array.from(packet), ssrc, payloadTypes[0]);
		}
	}

	/** An authentic packet: what is damaged lies under the protection. */
	sendRtp(): void {
		const packet = this.#damage.below(8) === 0 ? this.#damage.garbage() : this.#damage.bytes(packets);
		if (packet.length < RTP_FIXED_HEADER_BYTES || packet.length > SRTP_MAX_PACKET_LENGTH - SRTP_MAX_OVERHEAD) return;
		const { ssrc, payloadTypes } = this.#damage.pick(hostileStreams);
		this.#protect(packet, ssrc, this.#damage.below(4) > 0 ? this.#damage.pick(payloadTypes) : undefined);
	}

	/** Sequence numbers count on, now and then with a gap, or the receiver would not look at what comes. */
	#protect(packet: Uint8Array, ssrc: number, payloadType: number | undefined): void {
		const view = new DataView(packet.buffer, packet.byteOffset);
		const index = this.#indices.get(ssrc) ?? 0;
		this.#indices.set(ssrc, index + 1 + this.#damage.below(this.#damage.below(20) === 0 ? 2000 : 3));
		view.setUint16(2, index & 0xffff);
		view.setUint32(8, ssrc);
		if (payloadType !== undefined) view.setUint8(1, (view.getUint8(1) & 0x80) | payloadType);
		if (!parseProtectedRtpHeader(packet, packet.length, this.#header)) return;
		this.client.sendRtp(packet, Math.floor(index / 0x10000), this.#header.headerLength);
	}

	sendRtcp(): void {
		const compound = this.#damage.below(8) === 0 ? this.#damage.garbage() : this.#damage.bytes(feedback);
		if (compound.length >= 8 && compound.length <= SRTP_MAX_PACKET_LENGTH - SRTP_MAX_OVERHEAD) this.client.sendCompound(compound);
	}

	/** A check with the right password, and attributes of any kind. */
	sendCheck(): void {
		const { ice, remoteUfrag } = this.client;
		const transactionId = Uint8Array.from({ length: 12 }, () => this.#damage.below(256));
		const known = [0x0006, 0x0024, 0x0025, 0x8029, 0x802a, 0x0020, 0x0009];
		const odd = Array.from({ length: this.#damage.below(4) }, () => ({
			type: this.#damage.below(4) === 0 ? this.#damage.below(0x10000) : this.#damage.pick(known),
			value: this.#damage.garbage(),
		}));
		const attributes = [username(`${ice.ufrag}:${remoteUfrag}`), ...odd];
		this.client.send(
			buildStun({ method: BINDING_METHOD, messageClass: 'request', transactionId, attributes, integrityKey: ice.pwd, fingerprint: true }),
		);
	}
}

async function openStranger(): Promise<Socket> {
	const socket = createSocket('udp4');
	onTestFinished(() => void socket.close());
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	return socket;
}

test.each([
	['in TypeScript', false],
	['on the native path, where it is built', true],
])(
	`an engine %s takes ${datagramCount} hostile datagrams, authentic ones too, and the others notice nothing`,
	{ timeout: 600_000 },
	async (_path, native) => {
		const seed = Math.floor(Math.random() * 0xffff_ffff);
		const damage = new Damage(seed);
		const stage = await EngineStage.open({ native });
		const [honest, other] = [stage.publish(), stage.publish()];
		const [phone, viewer, hostilePhone, hostileViewer] = [
			await stage.connectedClient(),
			await stage.connectedClient(),
			await stage.connectedClient(),
			await stage.connectedClient(),
		];
		const extensions = { mid: 1, absSendTime: 2, transportCc: 3, dependencyDescriptor: descriptorId };
		phone.describe({ receives: [pictureFeed(honest)] });
		hostilePhone.describe({ receives: [pictureFeed(other, { extensions }), soundFeed(other, { extensions })] });
		viewer.describe({ sends: [pictureView(honest), pictureView(other, { mid: '2' }), soundView(other, { mid: '3' })] });
		hostileViewer.describe({ sends: [pictureView(honest), pictureView(other, { mid: '2' }), soundView(other, { mid: '3' })] });

		const stranger = await openStranger();
		const script = new ScriptedClient({ certificate: await createCertificate() });
		const datagrams = [
			...script.hello(),
			...script.hello(60),
			phone.check(),
			phone.check(true),
			hostilePhone.check(),
			...packets,
			...feedback,
		];
		const peers = [new HostilePeer(hostilePhone, damage), new HostilePeer(hostileViewer, damage)] as const;
		peers[0].begin();
		const attack = (): void => {
			const peer = damage.pick(peers);
			const kind = damage.below(10);
			if (kind < 3) peer.sendRtp();
			else if (kind < 6) peer.sendRtcp();
			else if (kind < 7) peer.sendCheck();
			else {
				const datagram = damage.below(2) === 0 ? damage.garbage() : damage.bytes(datagrams);
				if (damage.below(2) === 0) stranger.send(datagram, stage.engine.port, '127.0.0.1');
				else peer.client.send(datagram);
			}
		};

		const camera = new Camera(HONEST_SSRC);
		let taken = 0;
		for (let sent = 0; sent < datagramCount; sent += perStep) {
			for (let left = perStep; left > 0; left -= 1) attack();
			for (const { bytes, rollover } of camera.frame({ keyframe: sent === 0 })) phone.sendRtp(bytes, rollover);
			taken += 1;
			for (const client of [hostilePhone, hostileViewer, phone, viewer]) await client.settle();
			stage.time.advance(stepMs);
		}

		// What the hostile phone sends goes on to whoever watches it, as far as it can be told what it is.
		for (const ssrc of [other.videoSsrc, other.audioSsrc])
			expect(viewer.record.of(ssrc).length, `of ${ssrc}, seed ${seed}`).toBeGreaterThan(datagramCount / 1000);
		expect(stage.faults, `seed ${seed}`).toEqual([]);
		const numbers = viewer.record.of(honest.videoSsrc).map(({ payload }) => cameraNumber(payload));
		expect(numbers).toEqual(Array.from({ length: taken }, (_, at) => at + 1));
		for (const client of [viewer, hostileViewer]) expect(client.record.offences).toEqual([]);
		expect(stage.events.filter(({ type }) => type === 'peer-failed')).toEqual([]);
	},
);
