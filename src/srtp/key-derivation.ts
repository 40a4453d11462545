import { createCipheriv } from 'node:crypto';

/** Which session key is derived: RFC 3711 4.3.2 table. */
export const KeyLabel = {
	rtpEncryption: 0,
	rtpAuthentication: 1,
	rtpSalt: 2,
	rtcpEncryption: 3,
	rtcpAuthentication: 4,
	rtcpSalt: 5,
} as const;

/** The pseudo-random function works on a 112-bit salt: RFC 3711 4.3.1. */
const PRF_SALT_LENGTH = 14;

/** The label stands at octet 7 of the 14: above a 48-bit index, which is zero as the key derivation rate is zero. */
const LABEL_OFFSET = 7;

/**
 * A session key from a master key by AES-CM, key derivation rate 0: RFC 3711 4.3.1 and 4.3.3.
 *
 * @param masterSalt 14 octets, or the 12 of AEAD_AES_128_GCM, which are padded with zeros on the right: RFC 7714 11.
 */
export function deriveSessionKey(masterKey: Uint8Array, masterSalt: Uint8Array, label: number, length: number): Uint8Array {
	const initialCounter = new Uint8Array(16);
	initialCounter.set(masterSalt.subarray(0, PRF_SALT_LENGTH));
	initialCounter[LABEL_OFFSET] = (initialCounter[LABEL_OFFSET] ?? 0) ^ label;
	return createCipheriv('aes-128-ctr', masterKey, initialCounter).update(new Uint8Array(length));
}
