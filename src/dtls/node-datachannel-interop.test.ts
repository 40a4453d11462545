import { randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { PeerConnection, type Track } from 'node-datachannel';
import { expect, test } from 'vitest';
import { createIceCredentials } from '../ice/credentials.ts';
import { IceLiteAgent } from '../ice/lite-agent.ts';
import { SRTP_MAX_OVERHEAD, SRTP_MAX_PACKET_LENGTH, type SrtpProfile } from '../srtp/profile.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import { SrtpSender } from '../srtp/srtp-sender.ts';
import { looksLikeStun, parseStun } from '../stun/message.ts';
import { createCertificate } from './certificate.ts';
import { type DtlsKeys, DtlsSession } from './dtls-session.ts';

const certificate = await createCertificate();
const HEADER = 12;
const SSRC = 0x11223344;

function rtpPacket(sequence: number, payload: string): Buffer {
	const packet = Buffer.concat([Buffer.from([0x80, 111, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(payload)]);
	packet.writeUInt16BE(sequence, 2);
	packet.writeUInt32BE(SSRC, 8);
	return packet;
}

/** Our end: ICE-lite, DTLS server and SRTP on one socket of its own. */
async function endpoint(srtpProfiles: readonly SrtpProfile[]) {
	const socket = createSocket('udp4');
	await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
	const agent = new IceLiteAgent(createIceCredentials(randomBytes));
	let remote: RemoteInfo | undefined;
	let receiver: SrtpReceiver | undefined;
	const connected = Promise.withResolvers<DtlsKeys>();
	const received = Promise.withResolvers<Buffer>();
	const send = (datagram: Uint8Array) => {
		if (remote !== undefined) socket.send(datagram, remote.port, remote.address);
	};
	const session = new DtlsSession({
		certificate,
		srtpProfiles,
		send,
		onConnected: (keys) => {
			receiver = new SrtpReceiver(keys.profile, keys.clientKey, keys.clientSalt);
			connected.resolve(keys);
		},
		onClosed: (reason) => connected.reject(new Error(reason)),
		onFault: (error) => {
			throw error;
		},
	});
	socket.on('message', (datagram, from) => {
		if (looksLikeStun(datagram, datagram.length)) {
			const message = parseStun(datagram, datagram.length);
			const response = message && agent.handleRequest(message, from, performance.now()).response;
			if (response !== undefined) socket.send(response, from.port, from.address);
			return;
		}
		remote = from;
		if (datagram.readUInt8(0) < 64) session.receive(datagram);
		else if (receiver !== undefined && (datagram.readUInt8(1) & 0x7f) < 64) return;
		else if (receiver !== undefined) {
			const plain = Buffer.alloc(SRTP_MAX_PACKET_LENGTH);
			const length = receiver.unprotectRtp(datagram, HEADER, datagram.length, plain);
			if (length > 0) received.resolve(plain.subarray(0, length));
		}
	});
	const offer = [
		'v=0',
		'o=- 1 1 IN IP4 127.0.0.1',
		's=-',
		't=0 0',
		'a=ice-lite',
		'a=group:BUNDLE 0',
		'm=audio 9 UDP/TLS/RTP/SAVPF 111',
		'c=IN IP4 0.0.0.0',
		'a=mid:0',
		'a=sendrecv',
		'a=rtcp-mux',
		'a=rtpmap:111 opus/48000/2',
		`a=ice-ufrag:${agent.local.ufrag}`,
		`a=ice-pwd:${agent.local.pwd}`,
		`a=fingerprint:sha-256 ${certificate.fingerprint}`,
		'a=setup:actpass',
		`a=candidate:1 1 udp 2130706431 127.0.0.1 ${socket.address().port} typ host`,
		'a=end-of-candidates',
		'',
	].join('\r\n');
	return { session, offer, send, connected: connected.promise, received: received.promise, close: () => socket.close() };
}

test.each(['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'] as const)(
	'libdatachannel shakes hands and exchanges RTP under %s',
	async (profile) => {
		const server = await endpoint([profile]);
		const peer = new PeerConnection('peer', { iceServers: [], bindAddress: '127.0.0.1' });
		const answer = Promise.withResolvers<string>();
		const heard = Promise.withResolvers<Buffer>();
		const opened = Promise.withResolvers<Track>();
		peer.onLocalDescription((sdp) => answer.resolve(sdp));
		peer.onTrack((track) => {
			track.onMessage((message) => heard.resolve(message));
			track.onOpen(() => opened.resolve(track));
		});
		peer.setRemoteDescription(server.offer, 'offer');

		const keys = await server.connected;
		expect(keys.profile).toBe(profile);
		const named = /a=fingerprint:sha-256 ([0-9A-F:]+)/i.exec(await answer.promise)?.[1]?.toUpperCase();
		expect(keys.remoteFingerprint('sha-256')).toBe(named);

		const track = await opened.promise;
		const outgoing = rtpPacket(7, 'a voice from the phone');
		track.sendMessageBinary(outgoing);
		expect((await server.received).equals(outgoing)).toBe(true);

		const sender = new SrtpSender(profile, keys.serverKey, keys.serverSalt);
		const incoming = rtpPacket(9, 'a voice to the phone');
		const out = Buffer.alloc(incoming.length + SRTP_MAX_OVERHEAD);
		server.send(out.subarray(0, sender.protectRtp(incoming, HEADER, incoming.length, 0, out)));
		expect((await heard.promise).equals(incoming)).toBe(true);

		server.session.close();
		peer.close();
		server.close();
	},
	20_000,
);
