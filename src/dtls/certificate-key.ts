import { type KeyObject, X509Certificate } from 'node:crypto';

/** The public key of a certificate in DER; undefined where that is none, or its key is of no known kind. */
export function publicKeyOf(certificate: Uint8Array): KeyObject | undefined {
	try {
		return new X509Certificate(certificate).publicKey;
	} catch {
		return undefined;
	}
}
