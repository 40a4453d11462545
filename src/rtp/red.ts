/**
 * Redundant audio (RFC 2198, section 3): one packet with earlier blocks of sound before the present ("primary") one.
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |1|   block PT  |     timestamp offset      |   block length    |  once for each earlier block
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |0|   block PT  |  the primary block, up to the packet's end; the blocks follow in the order of their headers
 *    +-+-+-+-+-+-+-+-+
 */
import type { RtpHeader } from './packet.ts';

/** Headers read at most, the primary's included: libwebrtc's encoder repeats up to nine earlier packets. */
export const MAX_RED_BLOCKS = 10;

/** Where a block lies, from the start of the packet. Reused, see {@link primaryBlock}. */
export interface RedBlock {
	payloadType: number;
	offset: number;
	length: number;
}

/**
 * Finds the present block of a RED packet, for viewers that did not take RED.
 * @returns false when the packet is malformed, has too many blocks, or its present block is empty
 */
export function primaryBlock(bytes: Uint8Array, header: RtpHeader, into: RedBlock): boolean {
	const end = header.payloadOffset + header.payloadLength;
	let at = header.payloadOffset;
	let earlierBytes = 0;
	for (let block = 0; block < MAX_RED_BLOCKS; block++) {
		if (at >= end) return false;
		const first = bytes[at] ?? 0;
		if ((first & 0x80) === 0) {
			into.payloadType = first;
			into.offset = at + 1 + earlierBytes;
			into.length = end - into.offset;
			return into.length > 0;
		}
		earlierBytes += (((bytes[at + 2] ?? 0) & 0x03) << 8) | (bytes[at + 3] ?? 0);
		at += 4;
	}
	return false;
}

/**
 * Writes one payload type over those of all blocks: a phone that made its own offer calls Opus by another number than viewers do.
 * @param offset of the payload of a packet in which {@link primaryBlock} found a block
 */
export function renameRedBlocks(bytes: Uint8Array, offset: number, payloadType: number): void {
	let at = offset;
	for (let block = 0; block < MAX_RED_BLOCKS; block++) {
		const more = (bytes[at] ?? 0) & 0x80;
		bytes[at] = more | payloadType;
		if (more === 0) return;
		at += 4;
	}
}
