import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { rtcpSsrc, rtpSequence, rtpSsrc, writeWord } from './header-fields.ts';
import { RTCP_CLEAR_LENGTH, SRTCP_INDEX_LENGTH, SRTP_PROFILES } from './profile.ts';
import { type SrtpTransform, TAG_MISMATCH } from './transform.ts';

const ALGORITHM = 'aes-128-gcm';
const TAG = SRTP_PROFILES.AEAD_AES_128_GCM.tagLength;
const E_FLAG = 0x80000000;

export interface AesGcmKeys {
	readonly key: Uint8Array;
	readonly salt: Uint8Array;
}

/**
 * AEAD_AES_128_GCM: RFC 7714 8 (RTP) and 9 (RTCP).
 *
 *     SRTP   header | encrypted payload | tag             associated data: the header
 *     SRTCP  8 octets in clear | encrypted | tag | E, index             associated data: both clear parts
 *
 * A key object is made once: handing raw octets to `createCipheriv` quadruples its cost under Node 24 (21 µs against 5.5).
 */
export class AesGcmTransform implements SrtpTransform {
	readonly #rtp: GcmDirection;
	readonly #rtcp: GcmDirection;
	readonly #rtcpAssociated = new Uint8Array(RTCP_CLEAR_LENGTH + SRTCP_INDEX_LENGTH);

	constructor(rtp: AesGcmKeys, rtcp: AesGcmKeys) {
		this.#rtp = new GcmDirection(rtp);
		this.#rtcp = new GcmDirection(rtcp);
	}

	protectRtp(packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number {
		const header = packet.subarray(0, headerLength);
		out.set(header);
		this.#rtp.setNonce(rtpSsrc(packet), rollover, rtpSequence(packet));
		this.#rtp.seal(header, packet, headerLength, length, out);
		return length + TAG;
	}

	unprotectRtp(packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number {
		const header = packet.subarray(0, headerLength);
		const plainLength = length - TAG;
		this.#rtp.setNonce(rtpSsrc(packet), rollover, rtpSequence(packet));
		if (!this.#rtp.open(header, packet, headerLength, plainLength, out)) return TAG_MISMATCH;
		out.set(header);
		return plainLength;
	}

	protectRtcp(packet: Uint8Array, length: number, index: number, out: Uint8Array): number {
		out.set(packet.subarray(0, RTCP_CLEAR_LENGTH));
		this.#rtcp.setNonce(rtcpSsrc(packet), index >>> 16, index & 0xffff);
		this.#rtcp.seal(this.#associate(packet, index), packet, RTCP_CLEAR_LENGTH, length, out);
		writeWord(out, length + TAG, (index | E_FLAG) >>> 0);
		return length + TAG + SRTCP_INDEX_LENGTH;
	}

	rtcpIndexOffset(length: number): number {
		return length - SRTCP_INDEX_LENGTH;
	}

	unprotectRtcp(packet: Uint8Array, length: number, index: number, out: Uint8Array): number {
		const plainLength = length - SRTCP_INDEX_LENGTH - TAG;
		this.#rtcp.setNonce(rtcpSsrc(packet), index >>> 16, index & 0xffff);
		if (!this.#rtcp.open(this.#associate(packet, index), packet, RTCP_CLEAR_LENGTH, plainLength, out)) return TAG_MISMATCH;
		out.set(packet.subarray(0, RTCP_CLEAR_LENGTH));
		return plainLength;
	}

	close(): void {}

	#associate(packet: Uint8Array, index: number): Uint8Array {
		this.#rtcpAssociated.set(packet.subarray(0, RTCP_CLEAR_LENGTH));
		writeWord(this.#rtcpAssociated, RTCP_CLEAR_LENGTH, (index | E_FLAG) >>> 0);
		return this.#rtcpAssociated;
	}
}

class GcmDirection {
	readonly #key: KeyObject;
	readonly #salt: DataView;
	readonly #nonce = new Uint8Array(12);
	readonly #nonceView = new DataView(this.#nonce.buffer);

	constructor(keys: AesGcmKeys) {
		this.#key = createSecretKey(keys.key);
		this.#salt = new DataView(keys.salt.buffer, keys.salt.byteOffset, keys.salt.byteLength);
		this.#nonceView.setUint16(0, this.#salt.getUint16(0));
	}

	/** RFC 7714 8.1 and 9.1: salt ^ (two zero octets, SSRC, 48-bit packet index). An SRTCP index fills the lower 31 of the 48 bits. */
	setNonce(ssrc: number, indexHigh: number, indexLow: number): void {
		this.#nonceView.setInt32(2, this.#salt.getInt32(2) ^ ssrc);
		this.#nonceView.setInt32(6, this.#salt.getInt32(6) ^ indexHigh);
		this.#nonceView.setUint16(10, this.#salt.getUint16(10) ^ indexLow);
	}

	seal(associated: Uint8Array, packet: Uint8Array, from: number, to: number, out: Uint8Array): void {
		const cipher = createCipheriv(ALGORITHM, this.#key, this.#nonce);
		cipher.setAAD(associated);
		out.set(cipher.update(packet.subarray(from, to)), from);
		cipher.final();
		out.set(cipher.getAuthTag(), to);
	}

	/** Writes nothing unless the tag, which follows `packet[from, to)`, is right. */
	open(associated: Uint8Array, packet: Uint8Array, from: number, to: number, out: Uint8Array): boolean {
		const decipher = createDecipheriv(ALGORITHM, this.#key, this.#nonce);
		decipher.setAAD(associated);
		decipher.setAuthTag(packet.subarray(to, to + TAG));
		const plain = decipher.update(packet.subarray(from, to));
		try {
			decipher.final();
		} catch {
			return false;
		}
		out.set(plain, from);
		return true;
	}
}
