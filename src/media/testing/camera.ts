import { type CodecName, codecNamed } from '../../rtp/codecs.ts';
import { RTX_OVERHEAD_BYTES, wrapRetransmission } from '../../rtp/retransmission.ts';

const HEADER_BYTES = 12;
const MARKER = 0x80;
/** 30 frames a second. */
const FRAME_TICKS = 3000;

/** One packet of a camera, and the roll-over count that its sequence number has. */
export interface CameraPacket {
	readonly bytes: Uint8Array;
	readonly rollover: number;
}

/** What a camera sends: RTP packets without header extensions, each payload unlike any other's. */
export class Camera {
	codec: CodecName = 'VP8';
	ssrc: number;
	/** By how much its payload types differ from the server's own. */
	payloadTypeShift = 0;
	/** Octets of payload. */
	packetBytes = 100;
	#index: number;
	#timestamp = 90_000;
	#picture = 0;
	#basePicture = 0;
	#serial = 0;
	#repeats = 1;

	constructor(ssrc: number, firstSequence = 100) {
		this.ssrc = ssrc;
		this.#index = firstSequence;
	}

	/** The next frame. @param temporalId of VP8; a keyframe is in the base layer */
	frame(options: { readonly keyframe?: boolean; readonly packets?: number; readonly temporalId?: number } = {}): CameraPacket[] {
		const { keyframe = false, packets = 1, temporalId = 0 } = options;
		this.#timestamp += FRAME_TICKS;
		this.#picture = (this.#picture + 1) & 0x7fff;
		if (temporalId === 0) this.#basePicture = (this.#basePicture + 1) & 0xff;
		return Array.from({ length: packets }, (_, part) => {
			const begin = this.#begin(part === 0, keyframe, temporalId);
			return this.#packet(begin, part === packets - 1);
		});
	}

	/** Padding alone, as browsers send it to probe for bandwidth. */
	padding(): CameraPacket {
		const { bytes, rollover } = this.#packet([], false);
		const packet = bytes.slice(0, HEADER_BYTES + 20);
		packet[0] = 0xa0;
		packet.fill(0, HEADER_BYTES);
		packet[packet.length - 1] = 20;
		return { bytes: packet, rollover };
	}

	/** A packet of this camera once more, on its retransmission stream. */
	repeated({ bytes: original }: CameraPacket): CameraPacket {
		const bytes = new Uint8Array(original.length + RTX_OVERHEAD_BYTES);
		const payloadType = (codecNamed(this.codec).rtxPayloadType ?? 0) + this.payloadTypeShift;
		const osn = new DataView(original.buffer).getUint16(2);
		const sequence = this.#repeats;
		this.#repeats += 1;
		wrapRetransmission(original, HEADER_BYTES, original.length, payloadType, this.ssrc + 1, sequence, osn, bytes);
		return { bytes, rollover: 0 };
	}

	/** So many numbers are never sent. */
	leap(count: number): void {
		this.#index += count;
	}

	#packet(begin: readonly number[], isLast: boolean): CameraPacket {
		const sequence = this.#index & 0xffff;
		const rollover = Math.floor(this.#index / 0x10000);
		this.#index += 1;
		this.#serial += 1;
		const bytes = new Uint8Array(HEADER_BYTES + this.packetBytes).fill(7, HEADER_BYTES);
		const view = new DataView(bytes.buffer);
		bytes[0] = 0x80;
		bytes[1] = (isLast ? MARKER : 0) | (codecNamed(this.codec).payloadType + this.payloadTypeShift);
		view.setUint16(2, sequence);
		view.setUint32(4, this.#timestamp);
		view.setUint32(8, this.ssrc);
		bytes.set(begin, HEADER_BYTES);
		view.setUint32(bytes.length - 8, this.ssrc);
		view.setUint32(bytes.length - 4, this.#serial);
		return { bytes, rollover };
	}

	/** The first octets of a payload: see rtp/keyframe.ts. */
	#begin(isFirst: boolean, keyframe: boolean, temporalId: number): readonly number[] {
		switch (this.codec) {
			case 'VP8': {
				// X and S; I, L, T; a picture id of 15 bits, TL0PICIDX, TID with Y; then P.
				const picture = [0x80 | (this.#picture >> 8), this.#picture & 0xff];
				const layer = (temporalId << 6) | (temporalId > 0 ? 0x20 : 0);
				return [isFirst ? 0x90 : 0x80, 0xe0, ...picture, this.#basePicture, layer, keyframe ? 0 : 1];
			}
			case 'H264':
				return [keyframe && isFirst ? 0x65 : 0x41];
			case 'VP9':
				return [(isFirst ? 0x08 : 0) | (keyframe ? 0 : 0x40)];
			default:
				return [];
		}
	}
}

/** The packet's number, from 1, among all that its camera made. */
export function cameraNumber(payload: Uint8Array): number {
	return new DataView(payload.buffer, payload.byteOffset).getUint32(payload.length - 4);
}
