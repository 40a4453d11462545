import { absSendTimeAt, extensionIdAt, outboundHeaderLength, payloadTypeAt, writeSequence } from '../relay/outbound-packet.ts';
import type { Sink } from '../relay/sink.ts';
import { wrapRetransmission } from '../rtp/retransmission.ts';
import type { MediaSocket } from './media-socket.ts';
import type { Outlet } from './outlet.ts';

/** A packet of the shape of relay/outbound-packet.ts with the two bytes that a retransmission adds, and room for both. */
export const MAX_RETRANSMISSION_BYTES = 1504;

/** One viewer of one source: where the packets go, under which keys and numbers. */
export interface Destination {
	readonly sink: Sink;
	/** Undefined while there are no keys. */
	outlet: Outlet | undefined;
	/** What this viewer calls the codec that the source sends now; -1 when it does not take that codec. */
	payloadType: number;
	/** The first byte of the abs-send-time element as this viewer negotiated it, or 0 (padding) for none. */
	absSendTimeByte: number;
	packetsSent: number;
	octetsSent: number;
}

/** Sends rewritten packets to viewers. The TypeScript implementation is below, the native one is NativeFanOut. */
export interface FanOut {
	/**
	 * One packet to many. `packet` has the shape of relay/outbound-packet.ts, `length` bytes; the bytes that differ per viewer are
	 * overwritten. `extendedSequence` is the packet's place in the source's outbound line.
	 */
	forward(destinations: readonly Destination[], packet: Uint8Array, length: number, extendedSequence: number): void;
	/** One packet to one, under the numbers that its sink has just placed or looked up, and under this payload type. */
	send(to: Destination, packet: Uint8Array, length: number, payloadType: number): void;
	/** The same as a retransmission on a stream of its own (RFC 4588). */
	retransmit(to: Destination, packet: Uint8Array, length: number, stream: RetransmissionStream): void;
}

/** Numbers of one packet of a retransmission stream. */
export interface RetransmissionStream {
	readonly payloadType: number;
	readonly ssrc: number;
	readonly sequence: number;
	readonly rollover: number;
}

export class TypeScriptFanOut implements FanOut {
	readonly #socket: MediaSocket;
	readonly #absSendTime = new Uint8Array(3);
	readonly #retransmission = new Uint8Array(MAX_RETRANSMISSION_BYTES);

	constructor(socket: MediaSocket) {
		this.#socket = socket;
	}

	forward(destinations: readonly Destination[], packet: Uint8Array, length: number, extendedSequence: number): void {
		for (let at = 0; at < 3; at += 1) this.#absSendTime[at] = packet[absSendTimeAt + at] ?? 0;
		for (let index = 0; index < destinations.length; index += 1) {
			const to = destinations[index];
			if (to?.outlet?.address === undefined || to.payloadType < 0) continue;
			if (!to.sink.place(extendedSequence)) continue;
			this.#restoreAbsSendTime(packet);
			this.send(to, packet, length, to.payloadType);
		}
	}

	send(to: Destination, packet: Uint8Array, length: number, payloadType: number): void {
		const { outlet } = to;
		if (outlet?.address === undefined) return;
		packet[payloadTypeAt] = ((packet[payloadTypeAt] ?? 0) & 0x80) | payloadType;
		writeSequence(packet, to.sink.sequence);
		this.#nameAbsSendTime(packet, to.absSendTimeByte);
		const out = this.#socket.slot();
		const protectedLength = outlet.sender.protectRtp(packet, outboundHeaderLength, length, to.sink.rollover, out);
		this.#socket.send(out, protectedLength, outlet.address, outlet.port);
		to.packetsSent += 1;
		to.octetsSent += length - outboundHeaderLength;
	}

	retransmit(to: Destination, packet: Uint8Array, length: number, stream: RetransmissionStream): void {
		const { outlet } = to;
		if (outlet?.address === undefined) return;
		this.#nameAbsSendTime(packet, to.absSendTimeByte);
		const repair = this.#retransmission;
		const { payloadType, ssrc, sequence, rollover } = stream;
		const { sequence: original } = to.sink;
		const repairLength = wrapRetransmission(packet, outboundHeaderLength, length, payloadType, ssrc, sequence, original, repair);
		if (repairLength === 0) return;
		const out = this.#socket.slot();
		const protectedLength = outlet.sender.protectRtp(repair, outboundHeaderLength, repairLength, rollover, out);
		this.#socket.send(out, protectedLength, outlet.address, outlet.port);
	}

	/** The time that a viewer without the extension had overwritten. */
	#restoreAbsSendTime(packet: Uint8Array): void {
		for (let at = 0; at < 3; at += 1) packet[absSendTimeAt + at] = this.#absSendTime[at] ?? 0;
	}

	/** A viewer that did not negotiate abs-send-time gets padding in its place (RFC 8285, section 4.2: id 0 and zeros). */
	#nameAbsSendTime(packet: Uint8Array, absSendTimeByte: number): void {
		packet[extensionIdAt] = absSendTimeByte;
		if (absSendTimeByte === 0) packet.fill(0, absSendTimeAt, absSendTimeAt + 3);
	}
}
