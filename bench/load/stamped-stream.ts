/** The packets that the bench sends: VP8 in RTP by their shape, with the moment of sending and a running number in each. */
import { randomBytes } from 'node:crypto';

export const VP8_PAYLOAD_TYPE = 96;
export const VIDEO_TICKS_PER_SECOND = 90_000;

const RTP_HEADER_BYTES = 12;
/** A one-byte header extension with the two octets of transport-cc and a padding octet: RFC 8285, section 4.2. */
const EXTENSION_BYTES = 8;
/** Where the stamp stands in the payload: behind VP8's descriptor (4) and the header of a key frame (10). */
const STAMP_AT = 16;
const STAMP_BYTES = 8;
/** The least packet that the stamp fits into. */
export const MIN_PACKET_BYTES = RTP_HEADER_BYTES + STAMP_AT + STAMP_BYTES;
const PICTURES_PER_SECOND = 30;
/** A key frame this often without being asked. */
const KEY_FRAME_SECONDS = 3;

export interface StreamOptions {
	readonly ssrc: number;
	/** Octets of a packet with its RTP header, without the extension. */
	readonly size: number;
	/** Header extension id of transport-cc, if the server asked for it. */
	readonly transportCcId: number | undefined;
}

/** One broadcaster's packets. The buffer that `next` gives is written again by the next call. */
export class StampedStream {
	readonly #packet: Buffer;
	readonly #headerBytes: number;
	#sent = 0;
	#picture = 0;
	#leftInPicture = 0;
	#timestamp = 0;
	#sinceKeyFrame = Number.POSITIVE_INFINITY;
	#keyFrameWanted = true;

	constructor({ ssrc, size, transportCcId }: StreamOptions) {
		const extended = transportCcId !== undefined;
		this.#headerBytes = RTP_HEADER_BYTES + (extended ? EXTENSION_BYTES : 0);
		// Noise, as an encoder's output is: nothing on the way can make it smaller.
		this.#packet = randomBytes(size + (extended ? EXTENSION_BYTES : 0));
		this.#packet.writeUInt8(extended ? 0x90 : 0x80, 0);
		this.#packet.writeUInt32BE(ssrc, 8);
		if (transportCcId !== undefined) {
			this.#packet.writeUInt32BE(0xbede0001, RTP_HEADER_BYTES);
			this.#packet.writeUInt32BE((((transportCcId << 4) | 1) << 24) >>> 0, RTP_HEADER_BYTES + 4);
		}
	}

	get sent(): number {
		return this.#sent;
	}

	/** The next picture is a key frame. */
	wantKeyFrame(): void {
		this.#keyFrameWanted = true;
	}

	/** @param packetsPerSecond the pace at present, by which packets make pictures and pictures take time */
	next(packetsPerSecond: number): Buffer {
		const begins = this.#leftInPicture <= 0;
		if (begins) this.#beginPicture(packetsPerSecond);
		this.#leftInPicture -= 1;
		const packet = this.#packet;
		packet.writeUInt8((this.#leftInPicture <= 0 ? 0x80 : 0) | VP8_PAYLOAD_TYPE, 1);
		packet.writeUInt16BE(this.#sent & 0xffff, 2);
		packet.writeUInt32BE(this.#timestamp, 4);
		if (this.#headerBytes > RTP_HEADER_BYTES) packet.writeUInt16BE(this.#sent & 0xffff, RTP_HEADER_BYTES + 5);
		this.#writeVp8(begins);
		packet.writeBigUInt64BE(process.hrtime.bigint(), this.#headerBytes + STAMP_AT);
		this.#sent += 1;
		return packet;
	}

	#beginPicture(packetsPerSecond: number): void {
		const packets = Math.max(1, Math.round(packetsPerSecond / PICTURES_PER_SECOND));
		this.#leftInPicture = packets;
		this.#picture += 1;
		this.#timestamp = (this.#timestamp + Math.round((VIDEO_TICKS_PER_SECOND * packets) / packetsPerSecond)) % 2 ** 32;
		this.#sinceKeyFrame += packets / packetsPerSecond;
		if (this.#sinceKeyFrame >= KEY_FRAME_SECONDS) this.#keyFrameWanted = true;
	}

	/** RFC 7741, section 4.2: extended descriptor with a 15-bit picture id; section 4.3: P = 0 and the start code in a key frame. */
	#writeVp8(begins: boolean): void {
		const packet = this.#packet;
		const at = this.#headerBytes;
		packet.writeUInt8(begins ? 0x90 : 0x80, at);
		packet.writeUInt8(0x80, at + 1);
		packet.writeUInt16BE(0x8000 | (this.#picture & 0x7fff), at + 2);
		if (!begins) return;
		packet.writeUInt8(this.#keyFrameWanted ? 0x10 : 0x11, at + 4);
		if (!this.#keyFrameWanted) return;
		packet.set([0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01], at + 7);
		this.#keyFrameWanted = false;
		this.#sinceKeyFrame = 0;
	}
}

/** Octets of RTP header with CSRCs and extension (RFC 3550, section 5.1); 0 when the packet is shorter than that. */
export function rtpHeaderBytes(packet: Uint8Array, length: number): number {
	const first = packet[0] ?? 0;
	let bytes = RTP_HEADER_BYTES + (first & 0x0f) * 4;
	if ((first & 0x10) !== 0) bytes += 4 + (((packet[bytes + 2] ?? 0) << 8) | (packet[bytes + 3] ?? 0)) * 4;
	return bytes <= length ? bytes : 0;
}

/** Nanoseconds from sending a packet of a {@link StampedStream} to now, or undefined for a packet too short to be one. */
export function ageNs(packet: Uint8Array, length: number): number | undefined {
	const at = rtpHeaderBytes(packet, length) + STAMP_AT;
	if (at === STAMP_AT || at + STAMP_BYTES > length) return undefined;
	const view = new DataView(packet.buffer, packet.byteOffset, length);
	return Number(process.hrtime.bigint() - view.getBigUint64(at));
}
