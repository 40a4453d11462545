/**
 * The RTP header (RFC 3550, section 5.1), read into a reusable object so that the hot path allocates nothing.
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                           timestamp                           |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                             SSRC                              |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                     CSRC list (CC words)                      |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |  X: defined by profile        |    length in 32-bit words     |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Version, flags, payload type, sequence number, timestamp and SSRC. */
export const RTP_FIXED_HEADER_BYTES = 12;

/** One packet's header. Offsets count from the start of the packet, lengths are bytes. */
export interface RtpHeader {
	/** The P bit: the last byte of the packet tells how many padding bytes end it. */
	padding: boolean;
	marker: boolean;
	payloadType: number;
	sequenceNumber: number;
	timestamp: number;
	ssrc: number;
	/** Fixed header, CSRC list and extension together. */
	headerLength: number;
	/** `defined by profile` of the extension: 0xBEDE or 0x100x for RFC 8285; 0 without an extension. */
	extensionProfile: number;
	/** Where the extension's elements start, after its own 4-byte header. */
	extensionOffset: number;
	extensionLength: number;
	payloadOffset: number;
	/** Without padding (with it, after {@link parseProtectedRtpHeader}). 0 for a packet of padding alone. */
	payloadLength: number;
}

/** An empty header to be filled, once per receiver, not per packet. */
export function createRtpHeader(): RtpHeader {
	return {
		padding: false,
		marker: false,
		payloadType: 0,
		sequenceNumber: 0,
		timestamp: 0,
		ssrc: 0,
		headerLength: 0,
		extensionProfile: 0,
		extensionOffset: 0,
		extensionLength: 0,
		payloadOffset: 0,
		payloadLength: 0,
	};
}

/**
 * Reads the header of a plain RTP packet of `length` bytes at the start of `bytes`.
 * @returns false, with `into` in an unspecified state, when the packet is malformed.
 */
export function parseRtpHeader(bytes: Uint8Array, length: number, into: RtpHeader): boolean {
	if (!parseProtectedRtpHeader(bytes, length, into)) return false;
	if (!into.padding) return true;
	// The count includes itself (RFC 3550, section 5.1): zero, or more than there is, is malformed.
	const count = into.payloadLength === 0 ? 0 : (bytes[length - 1] ?? 0);
	if (count === 0 || count > into.payloadLength) return false;
	into.payloadLength -= count;
	return true;
}

/**
 * The same for an SRTP packet, whose header is in clear but whose padding count is still encrypted: `payloadLength` is everything
 * after the header, ciphertext, padding and authentication tag together.
 */
export function parseProtectedRtpHeader(bytes: Uint8Array, length: number, into: RtpHeader): boolean {
	if (length < RTP_FIXED_HEADER_BYTES || length > bytes.length) return false;
	const flags = byteAt(bytes, 0);
	if (flags >> 6 !== 2) return false;
	const second = byteAt(bytes, 1);

	let offset = RTP_FIXED_HEADER_BYTES + 4 * (flags & 0x0f);
	if ((flags & 0x10) !== 0) {
		if (offset + 4 > length) return false;
		into.extensionProfile = uint16At(bytes, offset);
		into.extensionLength = 4 * uint16At(bytes, offset + 2);
		into.extensionOffset = offset + 4;
		offset += 4 + into.extensionLength;
	} else {
		into.extensionProfile = 0;
		into.extensionLength = 0;
		into.extensionOffset = offset;
	}
	if (offset > length) return false;

	into.padding = (flags & 0x20) !== 0;
	into.marker = (second & 0x80) !== 0;
	into.payloadType = second & 0x7f;
	into.sequenceNumber = uint16At(bytes, 2);
	into.timestamp = uint32At(bytes, 4);
	into.ssrc = uint32At(bytes, 8);
	into.headerLength = offset;
	into.payloadOffset = offset;
	into.payloadLength = length - offset;
	return true;
}

function byteAt(bytes: Uint8Array, offset: number): number {
	return bytes[offset] ?? 0;
}

function uint16At(bytes: Uint8Array, offset: number): number {
	return (byteAt(bytes, offset) << 8) | byteAt(bytes, offset + 1);
}

function uint32At(bytes: Uint8Array, offset: number): number {
	return ((uint16At(bytes, offset) << 16) | uint16At(bytes, offset + 2)) >>> 0;
}
