import { SRTP_PROFILES, type SrtpProfile } from '../srtp/profile.ts';
import type { ClientHello } from './client-hello.ts';
import { NamedGroup } from './key-exchange.ts';
import { DTLS_1_2 } from './record.ts';
import { SignatureScheme } from './signature.ts';

/** The suite that every WebRTC endpoint must have (RFC 8827 6.5); one is enough. RFC 5289 3.2. */
export const ECDHE_ECDSA_AES_128_GCM_SHA256 = 0xc02b;

/** What client and server have in common. */
export interface Agreement {
	readonly group: NamedGroup;
	readonly srtpProfile: SrtpProfile;
	readonly extendedMasterSecret: boolean;
	readonly secureRenegotiation: boolean;
	readonly pointFormats: boolean;
}

/** Chooses by our order of preference, or undefined when something has no match. */
export function negotiate(hello: ClientHello, srtpProfiles: readonly SrtpProfile[]): Agreement | undefined {
	// A DTLS 1.3 client says 1.2 here and more in an extension: RFC 9147 5.3. Older ones have the larger number.
	if (hello.version > DTLS_1_2 || !hello.offersNullCompression) return undefined;
	if (!hello.cipherSuites.includes(ECDHE_ECDSA_AES_128_GCM_SHA256)) return undefined;
	if (!hello.signatureSchemes?.includes(SignatureScheme.ecdsaSha256)) return undefined;
	const group = hello.groups === undefined ? NamedGroup.secp256r1 : Object.values(NamedGroup).find((own) => hello.groups?.includes(own));
	const srtpProfile = srtpProfiles.find((own) => hello.srtpProfileIds?.includes(SRTP_PROFILES[own].dtlsId));
	if (group === undefined || srtpProfile === undefined) return undefined;
	return {
		group,
		srtpProfile,
		extendedMasterSecret: hello.extendedMasterSecret,
		secureRenegotiation: hello.secureRenegotiation,
		pointFormats: hello.offersPointFormats,
	};
}
