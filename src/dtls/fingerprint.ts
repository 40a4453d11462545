import { createHash } from 'node:crypto';

/** Hash functions of an a=fingerprint line that we take: RFC 8122 5. The older ones are forbidden or weak. */
export const FINGERPRINT_ALGORITHMS = { 'sha-256': 'sha256', 'sha-384': 'sha384', 'sha-512': 'sha512' } as const;
export type FingerprintAlgorithm = keyof typeof FINGERPRINT_ALGORITHMS;

/** Whether the name, in lower case, is one of them. */
export function isFingerprintAlgorithm(name: string): name is FingerprintAlgorithm {
	return Object.hasOwn(FINGERPRINT_ALGORITHMS, name);
}

/** The digest of a DER certificate in upper-case hex pairs parted by colons: RFC 8122 5. */
export function fingerprintOf(certificate: Uint8Array, algorithm: FingerprintAlgorithm): string {
	const digest = createHash(FINGERPRINT_ALGORITHMS[algorithm]).update(certificate).digest('hex').toUpperCase();
	return digest.match(/../g)?.join(':') ?? '';
}
