import { constants, type KeyObject, sign, verify } from 'node:crypto';

/** Hash and signature pairs of RFC 5246 7.4.1.4.1 under the names and values of RFC 8446 4.2.3; under 1.2 ECDSA's are not bound to a curve. */
export const SignatureScheme = {
	ecdsaSha256: 0x0403,
	ecdsaSha384: 0x0503,
	ecdsaSha512: 0x0603,
	rsaPssSha256: 0x0804,
	rsaPssSha384: 0x0805,
	rsaPssSha512: 0x0806,
	rsaSha256: 0x0401,
	rsaSha384: 0x0501,
	rsaSha512: 0x0601,
} as const;

interface Verification {
	readonly keyType: 'ec' | 'rsa';
	readonly hash: 'sha256' | 'sha384' | 'sha512';
	readonly padding: number | undefined;
}

const PKCS1 = constants.RSA_PKCS1_PADDING;
const PSS = constants.RSA_PKCS1_PSS_PADDING;

const VERIFICATIONS: ReadonlyMap<number, Verification> = new Map<number, Verification>([
	[SignatureScheme.ecdsaSha256, { keyType: 'ec', hash: 'sha256', padding: undefined }],
	[SignatureScheme.ecdsaSha384, { keyType: 'ec', hash: 'sha384', padding: undefined }],
	[SignatureScheme.ecdsaSha512, { keyType: 'ec', hash: 'sha512', padding: undefined }],
	[SignatureScheme.rsaPssSha256, { keyType: 'rsa', hash: 'sha256', padding: PSS }],
	[SignatureScheme.rsaPssSha384, { keyType: 'rsa', hash: 'sha384', padding: PSS }],
	[SignatureScheme.rsaPssSha512, { keyType: 'rsa', hash: 'sha512', padding: PSS }],
	[SignatureScheme.rsaSha256, { keyType: 'rsa', hash: 'sha256', padding: PKCS1 }],
	[SignatureScheme.rsaSha384, { keyType: 'rsa', hash: 'sha384', padding: PKCS1 }],
	[SignatureScheme.rsaSha512, { keyType: 'rsa', hash: 'sha512', padding: PKCS1 }],
]);

/** The schemes a client may sign with, in our order of preference. SHA-1 is not among them. */
export const CLIENT_SIGNATURE_SCHEMES: readonly number[] = [...VERIFICATIONS.keys()];

/** Signs as {@link SignatureScheme.ecdsaSha256}. */
export function signEcdsaSha256(key: KeyObject, data: Uint8Array): Uint8Array {
	return sign('sha256', data, key);
}

/** From what is safe today to what is quick: a key of 16,384 bits takes milliseconds. Clients that use RSA at all have 2,048. */
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 4096;

/** Everybody's is 65,537 (RFC 8017 3.1 allows any). The time grows with its length: one as long as the modulus takes 10 ms. */
const MAX_RSA_EXPONENT = 2n ** 32n;

/** P-256, P-384 and P-521 under OpenSSL's names: the curves of RFC 8422 5.1.1. Binary ones are slow, ones of somebody's own making have no name. */
const CURVES: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Whether the key is of a kind whose signatures are worth the time to check. What a hostile peer shows may be made to take long. */
export function isAcceptableKey({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): boolean {
	if (asymmetricKeyType === 'ec') return CURVES.has(asymmetricKeyDetails.namedCurve);
	if (asymmetricKeyType !== 'rsa') return false;
	const { modulusLength = 0, publicExponent = MAX_RSA_EXPONENT } = asymmetricKeyDetails;
	return modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS && publicExponent < MAX_RSA_EXPONENT;
}

/** Whether the holder of `key`, an acceptable one, signed `data`. An unknown scheme, or one for another kind of key, is a no. */
export function isSignedBy(key: KeyObject, scheme: number, data: Uint8Array, signature: Uint8Array): boolean {
	const verification = VERIFICATIONS.get(scheme);
	if (verification === undefined || verification.keyType !== key.asymmetricKeyType) return false;
	const { hash, padding } = verification;
	try {
		if (padding === undefined) return verify(hash, data, key, signature);
		return verify(hash, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
	} catch {
		return false;
	}
}
