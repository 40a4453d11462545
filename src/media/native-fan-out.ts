import { outboundHeaderLength } from '../relay/outbound-packet.ts';
import { wrapRetransmission } from '../rtp/retransmission.ts';
import { type Destination, type FanOut, MAX_RETRANSMISSION_BYTES, type RetransmissionStream } from './fan-out.ts';
import { type NativeAddon, type NativeHandle, ROW_WORDS } from './native-addon.ts';
import type { NativeSocket } from './native-socket.ts';

/** Destinations in one call of the addon: more than a room has, as a rule; the call itself costs no more than a tenth of a send. */
const MAX_ROWS = 512;

/**
 * The fan-out in native code. What each viewer gets is decided here, one row of numbers for each; patching, protecting and sending is one
 * call for all.
 */
export class NativeFanOut implements FanOut {
	readonly #addon: NativeAddon;
	readonly #socket: NativeSocket;
	readonly #rows = new Uint32Array(MAX_ROWS * ROW_WORDS);
	readonly #retransmission = new Uint8Array(MAX_RETRANSMISSION_BYTES);

	constructor(addon: NativeAddon, socket: NativeSocket) {
		this.#addon = addon;
		this.#socket = socket;
	}

	forward(destinations: readonly Destination[], packet: Uint8Array, length: number, extendedSequence: number): void {
		let count = 0;
		for (let index = 0; index < destinations.length; index += 1) {
			const to = destinations[index];
			const outlet = to?.outlet;
			if (to === undefined || outlet === undefined || outlet.address === undefined || to.payloadType < 0) continue;
			if (!to.sink.place(extendedSequence)) continue;
			this.#write(count, outlet.context, to.sink.sequence, to.sink.rollover, to.payloadType, to.absSendTimeByte);
			to.packetsSent += 1;
			to.octetsSent += length - outboundHeaderLength;
			count += 1;
			if (count < MAX_ROWS) continue;
			this.#forward(packet, length, count);
			count = 0;
		}
		if (count > 0) this.#forward(packet, length, count);
	}

	send(to: Destination, packet: Uint8Array, length: number, payloadType: number): void {
		const { outlet, sink } = to;
		if (outlet === undefined || outlet.address === undefined) return;
		this.#write(0, outlet.context, sink.sequence, sink.rollover, payloadType, to.absSendTimeByte);
		this.#forward(packet, length, 1);
		to.packetsSent += 1;
		to.octetsSent += length - outboundHeaderLength;
	}

	retransmit(to: Destination, packet: Uint8Array, length: number, stream: RetransmissionStream): void {
		const { outlet, sink } = to;
		if (outlet === undefined || outlet.address === undefined) return;
		const repair = this.#retransmission;
		const { payloadType, ssrc, sequence, rollover } = stream;
		const repairLength = wrapRetransmission(packet, outboundHeaderLength, length, payloadType, ssrc, sequence, sink.sequence, repair);
		if (repairLength === 0) return;
		this.#write(0, outlet.context, sequence, rollover, payloadType, to.absSendTimeByte);
		this.#forward(repair, repairLength, 1);
	}

	/** The row that native/fan-out.h describes. */
	#write(row: number, context: NativeHandle, sequence: number, rollover: number, payloadType: number, absSendTimeByte: number): void {
		const rows = this.#rows;
		rows[row * ROW_WORDS] = context;
		rows[row * ROW_WORDS + 1] = sequence | (payloadType << 16) | (absSendTimeByte << 24);
		rows[row * ROW_WORDS + 2] = rollover;
	}

	#forward(packet: Uint8Array, length: number, count: number): void {
		if (this.#socket.isOpen) this.#addon.forward(this.#socket.handle, packet, length, this.#rows, count);
	}
}
