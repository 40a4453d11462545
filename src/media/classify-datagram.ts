/**
 * Which protocol a datagram on the media port speaks, told by its first two bytes.
 *
 * ```
 *               +----------------+
 *               |        [0..3] -+--> STUN
 *  packet -->   |      [20..63] -+--> DTLS
 *               |    [128..191] -+--> RTP, or RTCP when the second byte is 192..223 (RFC 5761, section 4)
 *               +----------------+
 * ```
 * RFC 7983, section 7 (ZRTP and TURN channels are not spoken on this port).
 */
export type DatagramKind = 'stun' | 'dtls' | 'rtp' | 'rtcp' | 'unknown';

/** The shortest datagram that can be a SRTP or SRTCP packet: a fixed RTP header, or an RTCP header with a SSRC, and a tag. */
const MIN_SRTP_LENGTH = 20;

/** Of the datagram in `bytes[0, length)`. */
export function classifyDatagram(bytes: Uint8Array, length = bytes.length): DatagramKind {
	const first = bytes[0];
	const second = bytes[1];
	if (length < 2 || first === undefined || second === undefined) return 'unknown';
	if (first >= 128 && first <= 191) {
		if (length < MIN_SRTP_LENGTH) return 'unknown';
		return second >= 192 && second <= 223 ? 'rtcp' : 'rtp';
	}
	if (first <= 3) return 'stun';
	if (first >= 20 && first <= 63) return 'dtls';
	return 'unknown';
}
