import { type CreateTransform, createTransform } from './create-transform.ts';
import { readWord, rtcpSsrc, rtpSequence, rtpSsrc } from './header-fields.ts';
import {
	RTCP_CLEAR_LENGTH,
	RTP_FIXED_HEADER_LENGTH,
	SRTCP_INDEX_LENGTH,
	SRTP_MAX_PACKET_LENGTH,
	SRTP_PROFILES,
	type SrtpProfile,
} from './profile.ts';
import { ReplayWindow } from './replay-window.ts';
import { estimateIndex } from './rollover.ts';
import type { SrtpTransform } from './transform.ts';

/** Too short, too long, or RTCP that is not encrypted. */
export const SRTP_MALFORMED = -1;
/** Seen before, or older than the window. */
export const SRTP_REPLAYED = -2;
/** The tag does not match: forged, damaged or under another key. */
export const SRTP_NOT_AUTHENTIC = -3;
/** Authentic, but of one stream more than {@link SRTP_MAX_STREAMS}. */
export const SRTP_TOO_MANY_STREAMS = -4;

/** How far back a packet may come late: at 1,000 packets/s, a second of reordering and retransmission on a mobile link. */
const RTP_WINDOW = 1024;
/** RFC 3711 3.3.2 asks for 64 at least. */
const RTCP_WINDOW = 128;

/**
 * Streams (SSRCs) of one peer, on RTP and on RTCP each. A browser uses about a dozen at once and a few more each time it replaces
 * one; the bound keeps a hostile peer, which holds valid keys, from filling memory. A stream beyond it is refused, not swapped for
 * an older one, because a forgotten window would let that stream's packets be replayed.
 */
export const SRTP_MAX_STREAMS = 256;

const SEQUENCES = 0x10000;
const HALF = 0x8000;
const E_FLAG = 0x80000000;

/**
 * Unprotects what comes from one peer. Nothing is remembered of a packet that is not authentic. `out` is another buffer than
 * `packet` and at least as long.
 */
export class SrtpReceiver {
	readonly #transform: SrtpTransform;
	readonly #tagLength: number;
	readonly #rtpWindows = new Map<number, ReplayWindow>();
	readonly #rtcpWindows = new Map<number, ReplayWindow>();
	#lastIndex = -1;

	constructor(profile: SrtpProfile, masterKey: Uint8Array, masterSalt: Uint8Array, create: CreateTransform = createTransform) {
		this.#transform = create(profile, masterKey, masterSalt);
		this.#tagLength = SRTP_PROFILES[profile].tagLength;
	}

	/** Unprotects nothing any more. Twice is harmless. */
	close(): void {
		this.#transform.close();
	}

	/** Roll-over counter × 65,536 + sequence number of the RTP packet last unprotected, −1 before the first. */
	get lastIndex(): number {
		return this.#lastIndex;
	}

	/**
	 * RFC 3711 3.3, receiver's steps: estimate the index, check replay, authenticate, decrypt, then update.
	 *
	 * @returns octets of plain packet in `out`, or one of the negative constants of this file
	 */
	unprotectRtp(packet: Uint8Array, headerLength: number, length: number, out: Uint8Array): number {
		if (headerLength < RTP_FIXED_HEADER_LENGTH || headerLength + this.#tagLength > length) return SRTP_MALFORMED;
		if (!this.#fits(packet, length, out)) return SRTP_MALFORMED;
		const ssrc = rtpSsrc(packet);
		const sequence = rtpSequence(packet);
		const window = this.#rtpWindows.get(ssrc);
		if (window === undefined) return this.#unprotectFirst(packet, headerLength, length, ssrc, sequence, out);

		const index = estimateIndex(window.highest, sequence);
		if (!window.isFresh(index)) return SRTP_REPLAYED;
		const plainLength = this.#transform.unprotectRtp(packet, headerLength, length, Math.floor(index / SEQUENCES), out);
		if (plainLength < 0) return SRTP_NOT_AUTHENTIC;
		window.mark(index);
		this.#lastIndex = index;
		return plainLength;
	}

	/** @returns octets of plain packet in `out`, or one of the negative constants of this file */
	unprotectRtcp(packet: Uint8Array, length: number, out: Uint8Array): number {
		if (length < RTCP_CLEAR_LENGTH + SRTCP_INDEX_LENGTH + this.#tagLength || !this.#fits(packet, length, out)) return SRTP_MALFORMED;
		const word = readWord(packet, this.#transform.rtcpIndexOffset(length));
		// RFC 3711 3.4 lets a packet go unencrypted, but WebRTC never uses it and clear feedback has no place here: RFC 8827 6.5.
		if ((word & E_FLAG) === 0) return SRTP_MALFORMED;
		const index = word & 0x7fffffff;
		const ssrc = rtcpSsrc(packet);
		const known = this.#rtcpWindows.get(ssrc);
		if (known !== undefined && !known.isFresh(index)) return SRTP_REPLAYED;
		const plainLength = this.#transform.unprotectRtcp(packet, length, index, out);
		if (plainLength < 0) return SRTP_NOT_AUTHENTIC;
		const window = known ?? addWindow(this.#rtcpWindows, ssrc, RTCP_WINDOW);
		if (window === undefined) return SRTP_TOO_MANY_STREAMS;
		window.mark(index);
		return plainLength;
	}

	/**
	 * The first packet of a stream counts from roll-over 0. One in the lower half may also be the first to arrive after a wrap
	 * that happened within the packets lost before it, so the counter 1 is tried next.
	 */
	#unprotectFirst(packet: Uint8Array, headerLength: number, length: number, ssrc: number, sequence: number, out: Uint8Array): number {
		let index = sequence;
		let plainLength = this.#transform.unprotectRtp(packet, headerLength, length, 0, out);
		if (plainLength < 0 && sequence < HALF) {
			index = SEQUENCES + sequence;
			plainLength = this.#transform.unprotectRtp(packet, headerLength, length, 1, out);
		}
		if (plainLength < 0) return SRTP_NOT_AUTHENTIC;
		const window = addWindow(this.#rtpWindows, ssrc, RTP_WINDOW);
		if (window === undefined) return SRTP_TOO_MANY_STREAMS;
		window.mark(index);
		this.#lastIndex = index;
		return plainLength;
	}

	#fits(packet: Uint8Array, length: number, out: Uint8Array): boolean {
		return length <= packet.length && length <= SRTP_MAX_PACKET_LENGTH && length <= out.length;
	}
}

function addWindow(windows: Map<number, ReplayWindow>, ssrc: number, size: number): ReplayWindow | undefined {
	if (windows.size === SRTP_MAX_STREAMS) return undefined;
	const window = new ReplayWindow(size);
	windows.set(ssrc, window);
	return window;
}
