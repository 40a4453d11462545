import { type CreateTransform, createTransform } from './create-transform.ts';
import { RTCP_CLEAR_LENGTH, RTP_FIXED_HEADER_LENGTH, SRTP_MAX_OVERHEAD, SRTP_MAX_PACKET_LENGTH, type SrtpProfile } from './profile.ts';
import type { SrtpTransform } from './transform.ts';

/** An SRTCP index has 31 bits, and a key may never see one twice: RFC 3711 9.2. */
const MAX_SRTCP_PACKETS = 2 ** 31;

/**
 * Protects what goes to one peer. The caller owns the RTP packet index (roll-over counter and the sequence number in the header)
 * and must never let one (SSRC, index) cover two different packets; the same packet twice gives the same bytes twice.
 *
 * `out` is another buffer than `packet` and holds at least `length` + {@link SRTP_MAX_OVERHEAD} octets. Lengths out of range are
 * broken invariants and throw a RangeError.
 */
export class SrtpSender {
	readonly #transform: SrtpTransform;
	#nextRtcpIndex = 0;

	constructor(profile: SrtpProfile, masterKey: Uint8Array, masterSalt: Uint8Array, create: CreateTransform = createTransform) {
		this.#transform = create(profile, masterKey, masterSalt);
	}

	/** Protects nothing any more. Twice is harmless. */
	close(): void {
		this.#transform.close();
	}

	/**
	 * @param headerLength octets of RTP header with CSRCs and extension, which stay in clear
	 * @param length octets of the whole packet
	 * @param rollover how often the sequence number has wrapped, unsigned 32 bits
	 * @returns octets of the protected packet in `out`
	 */
	protectRtp(packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number {
		if (headerLength < RTP_FIXED_HEADER_LENGTH || headerLength > length) throw new RangeError('RTP header length out of range');
		checkRoom(packet, length, out);
		return this.#transform.protectRtp(packet, headerLength, length, rollover, out);
	}

	/**
	 * Protects a compound packet under the next SRTCP index. One counter serves all sender SSRCs: RFC 3711 asks that no (SSRC, index)
	 * repeats, and receivers allow gaps.
	 *
	 * @returns octets of the protected packet in `out`
	 */
	protectRtcp(packet: Uint8Array, length: number, out: Uint8Array): number {
		if (length < RTCP_CLEAR_LENGTH) throw new RangeError('RTCP packet too short');
		checkRoom(packet, length, out);
		if (this.#nextRtcpIndex === MAX_SRTCP_PACKETS) throw new RangeError('SRTCP key exhausted');
		return this.#transform.protectRtcp(packet, length, this.#nextRtcpIndex++, out);
	}
}

function checkRoom(packet: Uint8Array, length: number, out: Uint8Array): void {
	if (length > packet.length || length + SRTP_MAX_OVERHEAD > SRTP_MAX_PACKET_LENGTH) throw new RangeError('packet length out of range');
	if (length + SRTP_MAX_OVERHEAD > out.length) throw new RangeError('no room for the protected packet');
}
