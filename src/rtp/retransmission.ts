/**
 * Retransmissions on a stream of their own (RTX, RFC 4588, section 4): the original packet under the retransmission stream's payload
 * type, sequence number and SSRC, with its own sequence number (OSN) before the payload.
 *
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                         RTP Header                            |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |            OSN                |                               |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               |
 *    |                  Original RTP Packet Payload                  |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { RTP_FIXED_HEADER_BYTES, type RtpHeader } from './packet.ts';

/** By how much a retransmission is longer than its original. */
export const RTX_OVERHEAD_BYTES = 2;

/**
 * Turns the parsed header of a retransmission into the original's. The payload stays where it is in `packet`, two bytes further on.
 *
 * @param payloadType the one that the RTX payload type is associated with (`apt`)
 * @param ssrc of the original stream
 * @returns false, with `header` unchanged, when there is no OSN: padding alone, by which senders probe for bandwidth.
 */
export function unwrapRetransmission(packet: Uint8Array, header: RtpHeader, payloadType: number, ssrc: number): boolean {
	if (header.payloadLength < RTX_OVERHEAD_BYTES) return false;
	const osn = header.payloadOffset;
	header.payloadType = payloadType;
	header.ssrc = ssrc;
	header.sequenceNumber = ((packet[osn] ?? 0) << 8) | (packet[osn + 1] ?? 0);
	header.payloadOffset += RTX_OVERHEAD_BYTES;
	header.payloadLength -= RTX_OVERHEAD_BYTES;
	return true;
}

/**
 * Writes the retransmission of `packet`: marker, timestamp, CSRCs and extension are the original's (RFC 4588, section 4).
 *
 * @param headerLength octets of header with CSRCs and extension
 * @param length octets of the whole packet
 * @param sequence of the retransmission stream
 * @param osn the original's sequence number as this receiver knows it
 * @returns octets written to `out`, which is another buffer, or 0 when they do not fit.
 */
export function wrapRetransmission(
	packet: Uint8Array,
	headerLength: number,
	length: number,
	payloadType: number,
	ssrc: number,
	sequence: number,
	osn: number,
	out: Uint8Array,
): number {
	const outLength = length + RTX_OVERHEAD_BYTES;
	if (headerLength < RTP_FIXED_HEADER_BYTES || headerLength > length || length > packet.length || outLength > out.length) return 0;
	out.set(packet.subarray(0, headerLength));
	out[1] = ((packet[1] ?? 0) & 0x80) | payloadType;
	out[2] = sequence >>> 8;
	out[3] = sequence;
	out[8] = ssrc >>> 24;
	out[9] = ssrc >>> 16;
	out[10] = ssrc >>> 8;
	out[11] = ssrc;
	out[headerLength] = osn >>> 8;
	out[headerLength + 1] = osn;
	out.set(packet.subarray(headerLength, length), headerLength + RTX_OVERHEAD_BYTES);
	return outLength;
}
