import { ByteReader } from './byte-reader.ts';

/** The leaf of a Certificate message (RFC 5246 7.4.2); undefined when damaged or when the client has none to show. */
export function parseLeafCertificate(body: Uint8Array): Uint8Array | undefined {
	const reader = new ByteReader(body);
	const chain = new ByteReader(reader.vector(3));
	const leaf = chain.vector(3);
	return reader.failed || chain.failed || leaf.length === 0 ? undefined : leaf;
}

/** The client's ephemeral public key: RFC 8422 5.7. */
export function parseClientKeyExchange(body: Uint8Array): Uint8Array | undefined {
	const reader = new ByteReader(body);
	const publicKey = reader.vector(1);
	return reader.failed || reader.remaining > 0 ? undefined : publicKey;
}

export interface CertificateVerify {
	readonly scheme: number;
	readonly signature: Uint8Array;
}

/** RFC 5246 7.4.8. */
export function parseCertificateVerify(body: Uint8Array): CertificateVerify | undefined {
	const reader = new ByteReader(body);
	const scheme = reader.number(2);
	const signature = reader.vector(2);
	return reader.failed || reader.remaining > 0 ? undefined : { scheme, signature };
}
