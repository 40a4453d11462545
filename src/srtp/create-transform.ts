import { AesCmTransform } from './aes-cm-transform.ts';
import { AesGcmTransform } from './aes-gcm-transform.ts';
import type { SrtpProfile } from './profile.ts';
import { deriveSessionKeys } from './session-keys.ts';
import type { SrtpTransform } from './transform.ts';

/** Makes the transform of a master key. Throws a RangeError when key or salt have not the profile's length. */
export type CreateTransform = (profile: SrtpProfile, masterKey: Uint8Array, masterSalt: Uint8Array) => SrtpTransform;

/** The transforms in TypeScript. */
export const createTransform: CreateTransform = (profile, masterKey, masterSalt) => {
	const { rtp, rtcp } = deriveSessionKeys(profile, masterKey, masterSalt);
	return profile === 'AEAD_AES_128_GCM' ? new AesGcmTransform(rtp, rtcp) : new AesCmTransform(rtp, rtcp);
};
