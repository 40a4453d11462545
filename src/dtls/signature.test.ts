import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import { isAcceptableKey } from './signature.ts';

/** No key of anybody: odd numbers of the right length. */
function rsaKey(modulusBits: number, exponent: Uint8Array): KeyObject {
	const modulus = Buffer.alloc(modulusBits / 8, 0xff);
	const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: Buffer.from(exponent).toString('base64url') };
	return createPublicKey({ key: jwk, format: 'jwk' });
}

const f4 = Uint8Array.of(1, 0, 1);

test.each([2048, 3072, 4096])('an RSA key of %i bits is taken', (bits) => {
	expect(isAcceptableKey(rsaKey(bits, f4))).toBe(true);
});

test.each([1024, 2040, 4104, 16384])('an RSA key of %i bits is not', (bits) => {
	expect(isAcceptableKey(rsaKey(bits, f4))).toBe(false);
});

test('an RSA key with a long exponent, which makes each check slow, is not', () => {
	expect(isAcceptableKey(rsaKey(2048, Buffer.alloc(4, 0xff)))).toBe(true);
	expect(isAcceptableKey(rsaKey(2048, Buffer.of(1, 0, 0, 0, 1)))).toBe(false);
	expect(isAcceptableKey(rsaKey(3072, Buffer.alloc(383, 0xff)))).toBe(false);
});

test.each([
	['prime256v1', true],
	['secp384r1', true],
	['secp521r1', true],
	['secp256k1', false],
	['sect571r1', false],
	['brainpoolP512r1', false],
])('a key on %s: %s', (namedCurve, acceptable) => {
	expect(isAcceptableKey(generateKeyPairSync('ec', { namedCurve }).publicKey)).toBe(acceptable);
});

test.each(['ed25519', 'rsa-pss'] as const)('%s keys, for which no scheme is offered, are not', (type) => {
	const { publicKey } = type === 'ed25519' ? generateKeyPairSync(type) : generateKeyPairSync(type, { modulusLength: 2048 });
	expect(isAcceptableKey(publicKey)).toBe(false);
});
