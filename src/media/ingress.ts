import { ufragOf } from '../ice/check-username.ts';
import type { RemoteAddress } from '../ice/path-table.ts';
import { parseRtcp, type RtcpPacket } from '../rtcp/compound.ts';
import { createRtpHeader, parseProtectedRtpHeader, parseRtpHeader, type RtpHeader } from '../rtp/packet.ts';
import { parseStun } from '../stun/message.ts';
import { classifyDatagram } from './classify-datagram.ts';
import type { DropCounts } from './drop-counts.ts';
import type { EnginePeer } from './engine-peer.ts';
import type { HandshakeQueue } from './handshake-queue.ts';
import type { PeerTable } from './peer-table.ts';

/** The largest decrypted packet: see srtp/profile.ts. */
const PLAIN_BYTES = 2048;

/** What authenticated datagrams become. */
export interface IngressListener {
	/** An authenticated check: of a ufrag not seen before, or after silence. */
	checked(peer: EnginePeer, newRemoteUfrag: string | undefined): void;
	/** A decrypted packet; `packet` and `header` are reused for the next one. */
	rtp(peer: EnginePeer, packet: Uint8Array, header: RtpHeader, nowMs: number): void;
	rtcp(peer: EnginePeer, packets: readonly RtcpPacket[], nowMs: number): void;
}

/** Leads each datagram of the media socket to its peer and through its keys. Nothing in a datagram makes it throw. */
export class Ingress {
	readonly #peers: PeerTable;
	readonly #drops: DropCounts;
	readonly #listener: IngressListener;
	readonly #handshakes: HandshakeQueue<EnginePeer>;
	readonly #reply: (datagram: Uint8Array, to: RemoteAddress) => void;
	readonly #header = createRtpHeader();
	readonly #plain = new Uint8Array(PLAIN_BYTES);

	constructor(options: {
		readonly peers: PeerTable;
		readonly drops: DropCounts;
		readonly listener: IngressListener;
		readonly handshakes: HandshakeQueue<EnginePeer>;
		readonly reply: (datagram: Uint8Array, to: RemoteAddress) => void;
	}) {
		this.#peers = options.peers;
		this.#drops = options.drops;
		this.#listener = options.listener;
		this.#handshakes = options.handshakes;
		this.#reply = options.reply;
	}

	/** @param bytes whose first `length` are the datagram; they are overwritten after the call */
	receive(bytes: Uint8Array, length: number, from: RemoteAddress, nowMs: number): void {
		switch (classifyDatagram(bytes, length)) {
			case 'rtp':
				this.#receiveRtp(bytes, length, from, nowMs);
				return;
			case 'rtcp':
				this.#receiveRtcp(bytes, length, from, nowMs);
				return;
			// Parts of these are kept. They are few.
			case 'stun':
				this.#receiveStun(bytes.slice(0, length), from, nowMs);
				return;
			case 'dtls':
				this.#receiveDtls(bytes.slice(0, length), from);
				return;
			default:
				this.#drops.count('unknown');
		}
	}

	#receiveStun(datagram: Uint8Array, from: RemoteAddress, nowMs: number): void {
		const message = parseStun(datagram, datagram.length);
		const ufrag = message && ufragOf(message);
		const peer = ufrag === undefined ? undefined : this.#peers.withUfrag(ufrag);
		// A check for nobody gets no answer at all: the port gives strangers nothing, not even that it is there.
		if (message === undefined || peer === undefined) {
			this.#drops.count('stun');
			return;
		}
		const outcome = peer.handleCheck(message, from, nowMs);
		this.#peers.forgetAddress(outcome.path?.forgotten, peer);
		this.#peers.retireUfrag(outcome.retiredUfrag, peer);
		if (outcome.response !== undefined) this.#reply(outcome.response, from);
		if (outcome.verdict === 'accepted') {
			this.#peers.addAddress(from, peer);
			this.#listener.checked(peer, outcome.newRemoteUfrag);
		} else if (outcome.verdict !== 'repeated' && outcome.verdict !== 'exhausted') {
			this.#drops.count('stun');
		}
	}

	/** Only from addresses that an authenticated check came from: a stranger's hello costs nothing. */
	#receiveDtls(datagram: Uint8Array, from: RemoteAddress): void {
		const peers = this.#peers.at(from);
		const peer = peers.find((candidate) => !candidate.isConnected) ?? peers[0];
		if (peer === undefined) this.#drops.count('stranger');
		else if (!this.#handshakes.push(peer, datagram)) this.#drops.count('busy');
	}

	#receiveRtp(bytes: Uint8Array, datagramLength: number, from: RemoteAddress, nowMs: number): void {
		if (!parseProtectedRtpHeader(bytes, datagramLength, this.#header)) {
			this.#drops.count('srtp');
			return;
		}
		const known = this.#peers.at(from);
		for (const peer of known) if (this.#unprotectRtp(peer, bytes, datagramLength, from, nowMs)) return;
		// A move, or the address is known only for a check that somebody else sent from there.
		for (const peer of this.#peers.roaming.candidates(this.#header.ssrc, from.address, nowMs)) {
			if (!known.includes(peer) && this.#unprotectRtp(peer, bytes, datagramLength, from, nowMs)) return;
		}
		if (known.length === 0) this.#drops.count('stranger');
		else this.#drops.count(known.some((peer) => peer.receiver !== undefined) ? 'srtp' : 'early');
	}

	#unprotectRtp(peer: EnginePeer, bytes: Uint8Array, datagramLength: number, from: RemoteAddress, nowMs: number): boolean {
		if (peer.receiver === undefined) return false;
		const length = peer.receiver.unprotectRtp(bytes, this.#header.headerLength, datagramLength, this.#plain);
		if (length < 0 || !parseRtpHeader(this.#plain, length, this.#header)) {
			// The first parse may have been overwritten; the next peer's try begins with the protected header again.
			parseProtectedRtpHeader(bytes, datagramLength, this.#header);
			return false;
		}
		this.#noteMedia(peer, from, datagramLength, nowMs);
		this.#peers.roaming.note(peer, this.#header.ssrc);
		this.#listener.rtp(peer, this.#plain, this.#header, nowMs);
		return true;
	}

	#receiveRtcp(bytes: Uint8Array, datagramLength: number, from: RemoteAddress, nowMs: number): void {
		const known = this.#peers.at(from);
		for (const peer of known) {
			const length = peer.receiver?.unprotectRtcp(bytes, datagramLength, this.#plain) ?? -1;
			if (length < 0) continue;
			this.#noteMedia(peer, from, datagramLength, nowMs);
			// The server numbers no packet for transport-cc, so that feedback speaks of nothing.
			this.#listener.rtcp(peer, parseRtcp(this.#plain, length, false), nowMs);
			return;
		}
		if (known.length === 0) this.#drops.count('stranger');
		else this.#drops.count(known.some((peer) => peer.receiver !== undefined) ? 'srtp' : 'early');
	}

	#noteMedia(peer: EnginePeer, from: RemoteAddress, bytes: number, nowMs: number): void {
		const change = peer.acceptMedia(from, bytes, nowMs);
		this.#peers.forgetAddress(change.forgotten, peer);
		if (this.#peers.at(from)[0] !== peer) this.#peers.promote(from, peer);
	}
}
