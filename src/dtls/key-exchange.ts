import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';

/** RFC 8422 5.1.1; X25519 from RFC 8422 and 7748. In our order of preference: it is the quicker. */
export const NamedGroup = { x25519: 29, secp256r1: 23 } as const;
export type NamedGroup = (typeof NamedGroup)[keyof typeof NamedGroup];

/** One side's ephemeral key. */
export interface EphemeralKey {
	readonly group: NamedGroup;
	/** X25519: 32 octets; P-256: an uncompressed point of 65. */
	readonly publicKey: Uint8Array;
	/** The premaster secret, or undefined when the peer's key is no point of the curve or gives an all-zero secret. */
	agree(peerPublicKey: Uint8Array): Uint8Array | undefined;
}

/** A fresh ephemeral key. */
export function createEphemeralKey(group: NamedGroup): EphemeralKey {
	return group === NamedGroup.x25519 ? createX25519() : createP256();
}

function createX25519(): EphemeralKey {
	const { publicKey, privateKey } = generateKeyPairSync('x25519');
	return {
		group: NamedGroup.x25519,
		publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
		agree: (peer) =>
			attempt(() => {
				const jwk = { kty: 'OKP', crv: 'X25519', x: Buffer.from(peer).toString('base64url') };
				// OpenSSL refuses the all-zero secret, as RFC 8422 5.11 demands.
				return diffieHellman({ privateKey, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) });
			}),
	};
}

function createP256(): EphemeralKey {
	const ecdh = createECDH('prime256v1');
	const publicKey = ecdh.generateKeys();
	return { group: NamedGroup.secp256r1, publicKey, agree: (peer) => attempt(() => ecdh.computeSecret(peer)) };
}

function attempt(agreement: () => Uint8Array): Uint8Array | undefined {
	try {
		return agreement();
	} catch {
		return undefined;
	}
}
