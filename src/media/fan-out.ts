import { absSendTimeAt, extensionIdAt, outboundHeaderLength, payloadTypeAt, writeSequence } from '../relay/outbound-packet.ts';
import type { Sink } from '../relay/sink.ts';
import type { SrtpSender } from '../srtp/srtp-sender.ts';
import type { UdpSocket } from './udp-socket.ts';

/** One viewer of one source: where the packets go, under which key and numbers. */
export interface Destination {
	readonly sink: Sink;
	sender: SrtpSender | undefined;
	/** Where the server sends; undefined while the peer may not be sent to (no path yet, or consent expired). */
	address: string | undefined;
	port: number;
	/** What this viewer calls the codec that the source sends now; -1 when it does not take that codec. */
	payloadType: number;
	/** The first byte of the abs-send-time element as this viewer negotiated it, or 0 (padding) for none. */
	absSendTimeByte: number;
	packetsSent: number;
	octetsSent: number;
}

/** Sends one rewritten packet to many viewers. The TypeScript implementation is below; a native one may stand in for it. */
export interface FanOut {
	/**
	 * `packet` holds a packet in the shape of relay/outbound-packet.ts, `length` bytes; the bytes that differ per viewer are
	 * overwritten. `extendedSequence` is the packet's place in the source's outbound line.
	 */
	forward(destinations: readonly Destination[], packet: Uint8Array, length: number, extendedSequence: number): void;
}

export class TypeScriptFanOut implements FanOut {
	readonly #socket: UdpSocket;
	readonly #absSendTime = new Uint8Array(3);

	constructor(socket: UdpSocket) {
		this.#socket = socket;
	}

	forward(destinations: readonly Destination[], packet: Uint8Array, length: number, extendedSequence: number): void {
		const marker = (packet[payloadTypeAt] ?? 0) & 0x80;
		for (let at = 0; at < 3; at += 1) this.#absSendTime[at] = packet[absSendTimeAt + at] ?? 0;
		for (let index = 0; index < destinations.length; index += 1) {
			const to = destinations[index];
			if (to === undefined || to.address === undefined || to.sender === undefined || to.payloadType < 0) continue;
			if (!to.sink.place(extendedSequence)) continue;
			packet[payloadTypeAt] = marker | to.payloadType;
			writeSequence(packet, to.sink.sequence);
			this.#writeAbsSendTime(packet, to.absSendTimeByte);
			const out = this.#socket.slot();
			const protectedLength = to.sender.protectRtp(packet, outboundHeaderLength, length, to.sink.rollover, out);
			this.#socket.send(out, protectedLength, to.address, to.port);
			to.packetsSent += 1;
			to.octetsSent += length - outboundHeaderLength;
		}
	}

	/** A viewer that did not negotiate the extension gets padding in its place (RFC 8285, section 4.2: id 0 and zeros). */
	#writeAbsSendTime(packet: Uint8Array, firstByte: number): void {
		packet[extensionIdAt] = firstByte;
		for (let at = 0; at < 3; at += 1) packet[absSendTimeAt + at] = firstByte === 0 ? 0 : (this.#absSendTime[at] ?? 0);
	}
}
