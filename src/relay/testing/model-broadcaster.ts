import { parseRtcp } from '../../rtcp/compound.ts';
import { wrapRetransmission } from '../../rtp/retransmission.ts';
import type { VirtualLink } from './virtual-link.ts';
import type { VirtualNetwork } from './virtual-network.ts';

export const VIDEO_SSRC = 0x1111;
export const RTX_SSRC = 0x2222;
export const VIDEO_TYPE = 96;
export const RTX_TYPE = 97;

const FRAME_MS = 40;
const FRAME_TICKS = 3600;
const FRAME_PACKETS = 6;
const KEYFRAME_PACKETS = 40;
const PACKET_BYTES = 1100;
const HEADER_BYTES = 12;

/** Where a packet's number is in its payload. */
export const NUMBER_IN_PAYLOAD = 2;

/** The first byte of a VP8 payload that begins a frame, and the byte after it, which tells a keyframe (RFC 7741, section 4.2). */
const FRAME_START = 0x10;
const DELTA_FRAME = 0x01;

/**
 * A phone that sends VP8 at 25 frames and 150 packets a second, keyframes regularly and when asked for one, and answers NACKs by
 * retransmissions, at most once in 50 ms each.
 */
export class ModelBroadcaster {
	/** Numbers of the packets sent so far, which their payloads carry. */
	readonly sent: number[] = [];
	/** Number of the first packet of the last keyframe. */
	lastKeyframe = 0;
	keyframeRequests = 0;
	/** Frames from one keyframe to the next. */
	keyframeEvery = 75;
	readonly #network: VirtualNetwork;
	readonly #uplink: VirtualLink<Uint8Array>;
	readonly #firstSequence: number;
	readonly #packets = new Map<number, { readonly packet: Uint8Array; answeredMs: number }>();
	#rtxSequence = 65_500;
	#frames = 0;
	#wantsKeyframe = false;

	constructor(network: VirtualNetwork, uplink: VirtualLink<Uint8Array>, firstSequence: number) {
		this.#network = network;
		this.#uplink = uplink;
		this.#firstSequence = firstSequence;
	}

	broadcast(ms: number): void {
		const untilMs = this.#network.nowMs + ms;
		this.#network.every(FRAME_MS, () => {
			this.#sendFrame();
			return this.#network.nowMs < untilMs;
		});
	}

	receiveRtcp(bytes: Uint8Array): void {
		for (const packet of parseRtcp(bytes, bytes.length)) {
			if (packet.type === 'generic-nack') for (const sequence of packet.sequences) this.#answer(sequence);
			if (packet.type !== 'picture-loss') continue;
			this.keyframeRequests++;
			this.#wantsKeyframe = true;
		}
	}

	#sendFrame(): void {
		const isKeyframe = this.#frames % this.keyframeEvery === 0 || this.#wantsKeyframe;
		this.#wantsKeyframe = false;
		const count = isKeyframe ? KEYFRAME_PACKETS : FRAME_PACKETS;
		if (isKeyframe) this.lastKeyframe = this.sent.length;
		for (let part = 0; part < count; part++) {
			const number = this.sent.length;
			const sequence = (this.#firstSequence + number) & 0xffff;
			const packet = new Uint8Array(PACKET_BYTES).fill(number & 0xff);
			const view = new DataView(packet.buffer);
			packet[0] = 0x80;
			packet[1] = (part === count - 1 ? 0x80 : 0) | VIDEO_TYPE;
			view.setUint16(2, sequence);
			view.setUint32(4, this.#frames * FRAME_TICKS);
			view.setUint32(8, VIDEO_SSRC);
			packet[HEADER_BYTES] = part === 0 ? FRAME_START : 0;
			packet[HEADER_BYTES + 1] = isKeyframe ? 0 : DELTA_FRAME;
			view.setUint32(HEADER_BYTES + NUMBER_IN_PAYLOAD, number);
			this.sent.push(number);
			this.#packets.set(sequence, { packet, answeredMs: Number.NEGATIVE_INFINITY });
			this.#uplink.send(packet, packet.length);
		}
		this.#frames++;
	}

	#answer(sequence: number): void {
		const kept = this.#packets.get(sequence);
		if (kept === undefined || this.#network.nowMs - kept.answeredMs < 50) return;
		kept.answeredMs = this.#network.nowMs;
		const out = new Uint8Array(PACKET_BYTES + 2);
		wrapRetransmission(kept.packet, HEADER_BYTES, PACKET_BYTES, RTX_TYPE, RTX_SSRC, this.#rtxSequence++ & 0xffff, sequence, out);
		this.#uplink.send(out, out.length);
	}
}
