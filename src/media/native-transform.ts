import type { CreateTransform } from '../srtp/create-transform.ts';
import { SRTCP_INDEX_LENGTH, SRTP_PROFILES, type SrtpProfile } from '../srtp/profile.ts';
import { deriveSessionKeys, type SessionKeys, type StreamKeys } from '../srtp/session-keys.ts';
import { type SrtpTransform, TAG_MISMATCH } from '../srtp/transform.ts';
import { KEY_BYTES, type NativeAddon, type NativeHandle, SALT_BYTES, STREAM_KEYS_BYTES } from './native-addon.ts';

/** Makes transforms of the addon, as `createTransform` makes those in TypeScript. */
export function nativeTransforms(addon: NativeAddon): (...master: Parameters<CreateTransform>) => NativeTransform {
	return (profile, masterKey, masterSalt) => new NativeTransform(addon, profile, deriveSessionKeys(profile, masterKey, masterSalt));
}

/** SRTP in the addon: the same bytes as the TypeScript transforms. */
export class NativeTransform implements SrtpTransform {
	readonly #addon: NativeAddon;
	readonly #indexAtEnd: number;
	/** The addon's number for these keys. */
	readonly context: NativeHandle;

	constructor(addon: NativeAddon, profile: SrtpProfile, { rtp, rtcp }: SessionKeys) {
		const { dtlsId, tagLength } = SRTP_PROFILES[profile];
		const keys = new Uint8Array(2 * STREAM_KEYS_BYTES);
		writeKeys(keys, 0, rtp);
		writeKeys(keys, STREAM_KEYS_BYTES, rtcp);
		this.#addon = addon;
		this.context = addon.openContext(dtlsId, keys);
		keys.fill(0);
		// RFC 7714 9.2 puts the index behind the tag, RFC 3711 3.4 before it.
		this.#indexAtEnd = profile === 'AEAD_AES_128_GCM' ? SRTCP_INDEX_LENGTH : SRTCP_INDEX_LENGTH + tagLength;
	}

	protectRtp(packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number {
		return protectedLength(this.#addon.protectRtp(this.context, packet, headerLength, length, rollover, out));
	}

	unprotectRtp(packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number {
		return Math.max(TAG_MISMATCH, this.#addon.unprotectRtp(this.context, packet, headerLength, length, rollover, out));
	}

	protectRtcp(packet: Uint8Array, length: number, index: number, out: Uint8Array): number {
		return protectedLength(this.#addon.protectRtcp(this.context, packet, length, index, out));
	}

	rtcpIndexOffset(length: number): number {
		return length - this.#indexAtEnd;
	}

	unprotectRtcp(packet: Uint8Array, length: number, index: number, out: Uint8Array): number {
		return Math.max(TAG_MISMATCH, this.#addon.unprotectRtcp(this.context, packet, length, index, out));
	}

	close(): void {
		this.#addon.closeContext(this.context);
	}
}

function writeKeys(keys: Uint8Array, at: number, { key, salt, authenticationKey }: StreamKeys): void {
	keys.set(key, at);
	keys.set(salt, at + KEY_BYTES);
	keys.set(authenticationKey, at + KEY_BYTES + SALT_BYTES);
}

/** Nothing in a packet can make protecting fail: if it does, OpenSSL is out of memory. */
function protectedLength(answer: number): number {
	if (answer < 0) throw new Error('OpenSSL could not protect a packet');
	return answer;
}
