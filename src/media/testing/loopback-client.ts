import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { DtlsCertificate } from '../../dtls/certificate.ts';
import { HandshakeType, parseFragments } from '../../dtls/handshake-message.ts';
import { parseRecords } from '../../dtls/record.ts';
import { ScriptedClient } from '../../dtls/test-support/scripted-client.ts';
import { createIceCredentials } from '../../ice/credentials.ts';
import type { ReceiveSection, SendSection } from '../../negotiation/media-description.ts';
import { type RtcpPacket, writeRtcp } from '../../rtcp/compound.ts';
import { SRTP_PROFILES, type SrtpProfile } from '../../srtp/profile.ts';
import { SrtpSender } from '../../srtp/srtp-sender.ts';
import { buildStun } from '../../stun/builder.ts';
import { BINDING_METHOD, parseStun } from '../../stun/message.ts';
import { priority } from '../../stun/priority.ts';
import { useCandidate } from '../../stun/use-candidate.ts';
import { username } from '../../stun/username.ts';
import { classifyDatagram } from '../classify-datagram.ts';
import type { LocalEngine } from '../engine.ts';
import { DownlinkRecord } from './downlink-record.ts';

/** Waiting for an answer over loopback ends here: it takes a millisecond. */
const PATIENCE_MS = 5000;
const HOST = '127.0.0.1';
/** An RTP header without extension. */
const HEADER_BYTES = 12;

const ownFingerprint = { algorithm: 'sha-256' } as const;

export interface LoopbackClientOptions {
	readonly engine: LocalEngine;
	readonly peerId: string;
	readonly certificate: DtlsCertificate;
	/** Another client's: several connections from one address. */
	readonly socket?: Socket;
	readonly remoteUfrag?: string;
}

/**
 * A client of an engine over a loopback socket: ICE checks, DTLS, SRTP, made of the project's own pure parts. It does nothing by itself.
 * `settle` is how tests wait: loopback keeps the order, so whatever was sent before has been dealt with when it returns.
 */
export class LoopbackClient {
	readonly peerId: string;
	readonly socket: Socket;
	readonly remoteUfrag: string;
	ice = createIceCredentials(randomBytes);
	readonly #engine: LocalEngine;
	readonly #certificate: DtlsCertificate;
	readonly #dtls: Uint8Array[] = [];
	readonly #answered = new Set<string>();
	#outgoing: Socket;
	#record: DownlinkRecord | undefined;
	#sender: SrtpSender | undefined;
	readonly #out = new Uint8Array(2048);

	private constructor(options: LoopbackClientOptions, socket: Socket) {
		this.peerId = options.peerId;
		this.#engine = options.engine;
		this.#certificate = options.certificate;
		this.remoteUfrag = options.remoteUfrag ?? 'clnt';
		this.socket = socket;
		this.#outgoing = socket;
		socket.on('message', (datagram) => this.#receive(datagram));
	}

	/** Opens the peer in the engine, and a socket of its own unless it is given one. */
	static async open(options: LoopbackClientOptions): Promise<LoopbackClient> {
		const socket = options.socket ?? createSocket('udp4');
		if (options.socket === undefined) {
			socket.bind(0, HOST);
			await once(socket, 'listening');
		}
		const client = new LoopbackClient(options, socket);
		options.engine.send({ type: 'open-peer', peerId: client.peerId, ice: client.ice });
		return client;
	}

	/** What came under the keys. */
	get record(): DownlinkRecord {
		if (this.#record === undefined) throw new Error('no keys yet');
		return this.#record;
	}

	/** @param fingerprint of the certificate that the description names, instead of the client's own */
	describe(
		sections: { readonly receives?: readonly ReceiveSection[]; readonly sends?: readonly SendSection[] },
		fingerprint?: string,
	): void {
		const { receives = [], sends = [] } = sections;
		const value = fingerprint ?? this.#certificate.fingerprint;
		const description = { remoteUfrag: this.remoteUfrag, fingerprint: { ...ownFingerprint, value }, receives, sends };
		this.#engine.send({ type: 'describe-peer', peerId: this.peerId, description });
	}

	/** ICE and DTLS, until both sides hold the keys. */
	async connect(): Promise<void> {
		await this.settle(true);
		await this.handshake();
	}

	async handshake(): Promise<void> {
		const script = new ScriptedClient({ certificate: this.#certificate });
		const from = this.#dtls.length;
		for (const datagram of script.hello()) this.send(datagram);
		await this.until('the flight of the server', () => this.#dtls.slice(from).some(endsFlight));
		// What follows is the flight once more: the server repeats it soon where the round trip is short.
		const flight = this.#dtls.slice(from, this.#dtls.findIndex((datagram, at) => at >= from && endsFlight(datagram)) + 1);
		for (const datagram of script.answer(flight)) this.send(datagram);
		await this.until('the Finished of the server', () => script.isFinishedBy(this.#dtls.slice(from)));
		const profile: SrtpProfile =
			script.serverProfile === SRTP_PROFILES.AEAD_AES_128_GCM.dtlsId ? 'AEAD_AES_128_GCM' : 'AES128_CM_HMAC_SHA1_80';
		const keys = script.srtpKeys(SRTP_PROFILES[profile].saltLength);
		this.#sender = new SrtpSender(profile, keys.clientKey, keys.clientSalt);
		this.#record = new DownlinkRecord(profile, keys.serverKey, keys.serverSalt);
	}

	/** A fresh check for this client's peer. It may be sent from anywhere. */
	check(nominates = false, transactionId: Uint8Array = randomBytes(12)): Uint8Array {
		return buildStun({
			method: BINDING_METHOD,
			messageClass: 'request',
			transactionId,
			attributes: [username(`${this.ice.ufrag}:${this.remoteUfrag}`), priority(1), ...(nominates ? [useCandidate()] : [])],
			integrityKey: this.ice.pwd,
			fingerprint: true,
		});
	}

	/** Sends a check and waits for its answer. All that this client sent before is dealt with then, and all that it was sent has come. */
	async settle(nominates = false): Promise<void> {
		const transactionId = randomBytes(12);
		this.send(this.check(nominates, transactionId));
		await this.until('the answer to a check', () => this.#answered.delete(transactionId.toString('hex')));
	}

	/** A plain packet, without header extension unless told otherwise. @param rollover of the client's own count */
	sendRtp(packet: Uint8Array, rollover = 0, headerLength = HEADER_BYTES): void {
		const length = this.#keys.protectRtp(packet, headerLength, packet.length, rollover, this.#out);
		this.send(this.#out.slice(0, length));
	}

	sendRtcp(...packets: readonly RtcpPacket[]): void {
		this.sendCompound(writeRtcp(packets));
	}

	sendCompound(compound: Uint8Array): void {
		const length = this.#keys.protectRtcp(compound, compound.length, this.#out);
		this.send(this.#out.slice(0, length));
	}

	/** From now on this client's datagrams leave from another socket: its network has changed. */
	sendFrom(socket: Socket): void {
		this.#outgoing = socket;
	}

	send(datagram: Uint8Array): void {
		this.#outgoing.send(datagram, this.#engine.port, HOST);
	}

	/** Looks again after each datagram that comes. */
	async until(what: string, holds: () => boolean): Promise<void> {
		const signal = AbortSignal.timeout(PATIENCE_MS);
		while (!holds()) {
			await once(this.socket, 'message', { signal }).catch(() => {
				throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
			});
		}
	}

	get #keys(): SrtpSender {
		if (this.#sender === undefined) throw new Error('no keys yet');
		return this.#sender;
	}

	#receive(datagram: Uint8Array): void {
		switch (classifyDatagram(datagram)) {
			case 'dtls':
				this.#dtls.push(datagram);
				return;
			case 'stun': {
				const message = parseStun(datagram, datagram.length);
				if (message?.messageClass === 'success') this.#answered.add(Buffer.from(message.transactionId).toString('hex'));
				return;
			}
			default:
				this.#record?.receive(datagram);
		}
	}
}

function endsFlight(datagram: Uint8Array): boolean {
	return parseRecords(datagram)
		.flatMap((record) => parseFragments(record.payload))
		.some((fragment) => fragment.type === HandshakeType.serverHelloDone);
}
