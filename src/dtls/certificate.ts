import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { bitString, explicit, integer, objectId, sequence, set, time, utf8String } from './der.ts';
import { fingerprintOf } from './fingerprint.ts';

/** The server's certificate with its key. One serves all sessions. */
export interface DtlsCertificate {
	readonly der: Uint8Array;
	readonly privateKey: KeyObject;
	/** SHA-256 of the certificate, upper-case hex pairs parted by colons, as in a=fingerprint. */
	readonly fingerprint: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 3650;

/** 1.2.840.10045.4.3.2, ecdsa-with-SHA256: RFC 5758 3.2. */
const ECDSA_WITH_SHA256 = objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
/** 2.5.4.3, commonName. */
const COMMON_NAME = objectId(0x55, 0x04, 0x03);

/**
 * A fresh self-signed ECDSA P-256 certificate: RFC 5280 4.1, RFC 8827 6.5. Peers know it by its fingerprint alone, so its name says
 * nothing; it begins a day early for clocks that are behind.
 */
export async function createCertificate(): Promise<DtlsCertificate> {
	const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'prime256v1' });
	const name = sequence(set(sequence(COMMON_NAME, utf8String('WebRTC'))));
	const serial = randomBytes(16);
	serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0); // positive and without a leading zero
	const toBeSigned = sequence(
		explicit(0, integer(Uint8Array.of(2))), // version 3
		integer(serial),
		sequence(ECDSA_WITH_SHA256),
		name,
		sequence(time(new Date(Date.now() - DAY_MS)), time(new Date(Date.now() + VALID_DAYS * DAY_MS))),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
	);
	const der = sequence(toBeSigned, sequence(ECDSA_WITH_SHA256), bitString(sign('sha256', toBeSigned, privateKey)));
	return { der, privateKey, fingerprint: fingerprintOf(der, 'sha-256') };
}
