import { AesCmTransform } from './aes-cm-transform.ts';
import { AesGcmTransform } from './aes-gcm-transform.ts';
import { deriveSessionKey, KeyLabel } from './key-derivation.ts';
import { SRTP_PROFILES, type SrtpProfile } from './profile.ts';
import type { SrtpTransform } from './transform.ts';

/** SRTP's authentication key: RFC 3711 5.2. */
const AUTHENTICATION_KEY_LENGTH = 20;

/**
 * The transform of a master key. Throws a RangeError when key or salt have not the profile's length: they come from our own
 * DTLS, never from a peer.
 */
export function createTransform(profile: SrtpProfile, masterKey: Uint8Array, masterSalt: Uint8Array): SrtpTransform {
	const { keyLength, saltLength } = SRTP_PROFILES[profile];
	if (masterKey.length !== keyLength || masterSalt.length !== saltLength) throw new RangeError(`wrong key or salt length for ${profile}`);
	const derive = (label: number, length: number) => deriveSessionKey(masterKey, masterSalt, label, length);
	const rtp = { key: derive(KeyLabel.rtpEncryption, keyLength), salt: derive(KeyLabel.rtpSalt, saltLength) };
	const rtcp = { key: derive(KeyLabel.rtcpEncryption, keyLength), salt: derive(KeyLabel.rtcpSalt, saltLength) };
	if (profile === 'AEAD_AES_128_GCM') return new AesGcmTransform(rtp, rtcp);
	return new AesCmTransform(
		{ ...rtp, authenticationKey: derive(KeyLabel.rtpAuthentication, AUTHENTICATION_KEY_LENGTH) },
		{ ...rtcp, authenticationKey: derive(KeyLabel.rtcpAuthentication, AUTHENTICATION_KEY_LENGTH) },
	);
}
