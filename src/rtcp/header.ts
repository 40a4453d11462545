/**
 * What all RTCP packets share (RFC 3550, section 6.4; RFC 4585, section 6.1).
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |V=2|P| count/FMT |  packet type  |   length in words, minus 1    |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const RTCP_HEADER_BYTES = 4;

export const SENDER_REPORT = 200;
export const RECEIVER_REPORT = 201;
export const SOURCE_DESCRIPTION = 202;
export const GOODBYE = 203;
/** RTPFB, transport layer feedback (RFC 4585). */
export const TRANSPORT_FEEDBACK = 205;
/** PSFB, payload-specific feedback (RFC 4585). */
export const PAYLOAD_FEEDBACK = 206;

/** One packet inside a compound, its padding already taken off. */
export interface RtcpFrame {
	readonly packetType: number;
	/** The five bits that are a report or source count, or a feedback message type. */
	readonly count: number;
	/** Everything after the 4-byte header. */
	readonly body: DataView;
}

/** The first packet type that RFC 5761 (section 4) keeps for RTCP when RTP shares the port, and the last. */
const FIRST_RTCP_TYPE = 192;
const LAST_RTCP_TYPE = 223;

/** Is this datagram RTCP or SRTCP rather than RTP on a shared port (RFC 5761, section 4)? */
export function looksLikeRtcp(bytes: Uint8Array, length: number): boolean {
	if (length < 8 || (bytes[0] ?? 0) >> 6 !== 2) return false;
	const type = bytes[1] ?? 0;
	return type >= FIRST_RTCP_TYPE && type <= LAST_RTCP_TYPE;
}

/** The number of bytes the packet at `offset` claims, its header included, or 0 when it is malformed. */
export function rtcpPacketLength(view: DataView, offset: number): number {
	if (offset + RTCP_HEADER_BYTES > view.byteLength || view.getUint8(offset) >> 6 !== 2) return 0;
	const length = 4 * (view.getUint16(offset + 2) + 1);
	return offset + length > view.byteLength ? 0 : length;
}

/** Cuts out a packet of known length, or undefined when its padding count is impossible. */
export function readRtcpFrame(view: DataView, offset: number, length: number): RtcpFrame | undefined {
	const first = view.getUint8(offset);
	let bodyLength = length - RTCP_HEADER_BYTES;
	if ((first & 0x20) !== 0) {
		const padding = view.getUint8(offset + length - 1);
		// RFC 3550, section 6.4.1: the count includes itself and is a multiple of four. The second half is not enforced:
		// transport-cc senders pad by single bytes.
		if (padding === 0 || padding > bodyLength) return undefined;
		bodyLength -= padding;
	}
	return {
		packetType: view.getUint8(offset + 1),
		count: first & 0x1f,
		body: new DataView(view.buffer, view.byteOffset + offset + RTCP_HEADER_BYTES, bodyLength),
	};
}

/**
 * A new packet with its header written.
 * @param bodyLength bytes after the header, a multiple of 4
 * @returns the whole packet and a view of its body
 */
export function allocateRtcp(packetType: number, count: number, bodyLength: number): { packet: Uint8Array; body: DataView } {
	if (count > 31) throw new RangeError(`${count} does not fit the five bits of an RTCP count`);
	const packet = new Uint8Array(RTCP_HEADER_BYTES + bodyLength);
	const view = new DataView(packet.buffer);
	view.setUint8(0, 0x80 | count);
	view.setUint8(1, packetType);
	view.setUint16(2, bodyLength / 4);
	return { packet, body: new DataView(packet.buffer, RTCP_HEADER_BYTES) };
}
