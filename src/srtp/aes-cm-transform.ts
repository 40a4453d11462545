import { AesCmKeystream } from './aes-cm-keystream.ts';
import { rtcpSsrc, rtpSequence, rtpSsrc, writeWord } from './header-fields.ts';
import { HmacSha1 } from './hmac-sha1.ts';
import { RTCP_CLEAR_LENGTH, SRTCP_INDEX_LENGTH, SRTP_PROFILES } from './profile.ts';
import { type SrtpTransform, TAG_MISMATCH } from './transform.ts';

const TAG = SRTP_PROFILES.AES128_CM_HMAC_SHA1_80.tagLength;
const E_FLAG = 0x80000000;

export interface AesCmKeys {
	readonly key: Uint8Array;
	readonly salt: Uint8Array;
	readonly authenticationKey: Uint8Array;
}

/**
 * AES128_CM_HMAC_SHA1_80: RFC 3711 3.3 (RTP) and 3.4 (RTCP).
 *
 *     SRTP   header | encrypted payload | tag             tag over everything before it, and the roll-over counter
 *     SRTCP  8 octets in clear | encrypted | E, index | tag             tag over everything before it
 */
export class AesCmTransform implements SrtpTransform {
	readonly #rtpStream: AesCmKeystream;
	readonly #rtcpStream: AesCmKeystream;
	readonly #rtpMac: HmacSha1;
	readonly #rtcpMac: HmacSha1;

	constructor(rtp: AesCmKeys, rtcp: AesCmKeys) {
		this.#rtpStream = new AesCmKeystream(rtp.key, rtp.salt);
		this.#rtcpStream = new AesCmKeystream(rtcp.key, rtcp.salt);
		this.#rtpMac = new HmacSha1(rtp.authenticationKey);
		this.#rtcpMac = new HmacSha1(rtcp.authenticationKey);
	}

	protectRtp(packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number {
		copyStart(packet, headerLength, out);
		this.#rtpStream.apply(packet, headerLength, length, rtpSsrc(packet), rollover, rtpSequence(packet), out);
		this.#rtpMac.computeWithWord(out, length, rollover);
		this.#rtpMac.write(out, length, TAG);
		return length + TAG;
	}

	unprotectRtp(packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number {
		const plainLength = length - TAG;
		this.#rtpMac.computeWithWord(packet, plainLength, rollover);
		if (!this.#rtpMac.matches(packet, plainLength, TAG)) return TAG_MISMATCH;
		copyStart(packet, headerLength, out);
		this.#rtpStream.apply(packet, headerLength, plainLength, rtpSsrc(packet), rollover, rtpSequence(packet), out);
		return plainLength;
	}

	protectRtcp(packet: Uint8Array, length: number, index: number, out: Uint8Array): number {
		copyStart(packet, RTCP_CLEAR_LENGTH, out);
		this.#rtcpStream.apply(packet, RTCP_CLEAR_LENGTH, length, rtcpSsrc(packet), index >>> 16, index & 0xffff, out);
		writeWord(out, length, (index | E_FLAG) >>> 0);
		const authenticated = length + SRTCP_INDEX_LENGTH;
		this.#rtcpMac.compute(out, authenticated);
		this.#rtcpMac.write(out, authenticated, TAG);
		return authenticated + TAG;
	}

	rtcpIndexOffset(length: number): number {
		return length - TAG - SRTCP_INDEX_LENGTH;
	}

	unprotectRtcp(packet: Uint8Array, length: number, index: number, out: Uint8Array): number {
		const authenticated = length - TAG;
		this.#rtcpMac.compute(packet, authenticated);
		if (!this.#rtcpMac.matches(packet, authenticated, TAG)) return TAG_MISMATCH;
		const plainLength = authenticated - SRTCP_INDEX_LENGTH;
		copyStart(packet, RTCP_CLEAR_LENGTH, out);
		this.#rtcpStream.apply(packet, RTCP_CLEAR_LENGTH, plainLength, rtcpSsrc(packet), index >>> 16, index & 0xffff, out);
		return plainLength;
	}

	close(): void {}
}

function copyStart(packet: Uint8Array, length: number, out: Uint8Array): void {
	for (let i = 0; i < length; i++) out[i] = packet[i] as number;
}
