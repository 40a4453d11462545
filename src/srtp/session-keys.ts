import { deriveSessionKey, KeyLabel } from './key-derivation.ts';
import { SRTP_PROFILES, type SrtpProfile } from './profile.ts';

/** SRTP's authentication key: RFC 3711 5.2. */
export const AUTHENTICATION_KEY_LENGTH = 20;

export interface StreamKeys {
	readonly key: Uint8Array;
	readonly salt: Uint8Array;
	/** Empty under a profile whose cipher authenticates. */
	readonly authenticationKey: Uint8Array;
}

export interface SessionKeys {
	readonly rtp: StreamKeys;
	readonly rtcp: StreamKeys;
}

/**
 * All session keys of one direction. Throws a RangeError when key or salt have not the profile's length: they come from our own
 * DTLS, never from a peer.
 */
export function deriveSessionKeys(profile: SrtpProfile, masterKey: Uint8Array, masterSalt: Uint8Array): SessionKeys {
	const { keyLength, saltLength } = SRTP_PROFILES[profile];
	if (masterKey.length !== keyLength || masterSalt.length !== saltLength) throw new RangeError(`wrong key or salt length for ${profile}`);
	const authenticationLength = profile === 'AEAD_AES_128_GCM' ? 0 : AUTHENTICATION_KEY_LENGTH;
	const derive = (label: number, length: number) =>
		length === 0 ? new Uint8Array(0) : deriveSessionKey(masterKey, masterSalt, label, length);
	return {
		rtp: {
			key: derive(KeyLabel.rtpEncryption, keyLength),
			salt: derive(KeyLabel.rtpSalt, saltLength),
			authenticationKey: derive(KeyLabel.rtpAuthentication, authenticationLength),
		},
		rtcp: {
			key: derive(KeyLabel.rtcpEncryption, keyLength),
			salt: derive(KeyLabel.rtcpSalt, saltLength),
			authenticationKey: derive(KeyLabel.rtcpAuthentication, authenticationLength),
		},
	};
}
