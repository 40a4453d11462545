/**
 * The one shape of every RTP packet that leaves the server, so that a destination that needs other numbers patches bytes at
 * known places instead of writing the packet again (RFC 3550 5.1, RFC 8285 4.2):
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|0|1|  CC=0 |M|     PT      |       sequence number         |  0
 * |                           timestamp                           |  4
 * |                             SSRC                              |  8
 * |            0xBEDE             |           length = 1          | 12
 * |  ID   |  L=2  |                 abs-send-time                 | 16
 * |                           payload …                           | 20
 * ```
 */
export const payloadTypeAt = 1;
export const sequenceAt = 2;
export const timestampAt = 4;
export const ssrcAt = 8;
export const extensionIdAt = 16;
export const absSendTimeAt = 17;
export const outboundHeaderLength = 20;

/** The extension element's first byte: id in the upper half, data length minus one in the lower (RFC 8285 4.2). */
export function extensionByte(absSendTimeId: number): number {
	return (absSendTimeId << 4) | 2;
}

/** Writes everything that stays the same in every packet of a line. */
export function prepareOutboundHeader(out: Uint8Array, ssrc: number, absSendTimeId: number): void {
	out[0] = 0x90;
	writeUint32(out, ssrcAt, ssrc);
	writeUint32(out, 12, 0xbede0001);
	out[extensionIdAt] = extensionByte(absSendTimeId);
}

export function writeSequence(out: Uint8Array, sequence: number): void {
	out[sequenceAt] = sequence >>> 8;
	out[sequenceAt + 1] = sequence;
}

export function writeTimestamp(out: Uint8Array, timestamp: number): void {
	writeUint32(out, timestampAt, timestamp);
}

function writeUint32(out: Uint8Array, at: number, value: number): void {
	out[at] = value >>> 24;
	out[at + 1] = value >>> 16;
	out[at + 2] = value >>> 8;
	out[at + 3] = value;
}
