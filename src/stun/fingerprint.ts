/**
 * FINGERPRINT (RFC 8489, section 14.7): the CRC-32 of everything before it, XORed with "STUN" in ASCII, as the last attribute.
 * It tells STUN from other protocols on the port; it proves nothing about the sender.
 */
import { crc32 } from 'node:zlib';
import { FINGERPRINT } from './attribute.ts';
import { attributeOf, type StunMessage } from './message.ts';

const XOR = 0x5354554e;

export function hasFingerprint(message: StunMessage): boolean {
	const attribute = attributeOf(message, FINGERPRINT);
	if (attribute === undefined || attribute.value.length !== 4) return false;
	const { value } = attribute;
	return new DataView(value.buffer, value.byteOffset, 4).getUint32(0) === fingerprintOf(message.bytes, attribute.offset);
}

/** The value of a FINGERPRINT whose attribute header stands at `offset`; the length in the message's header counts it already. */
export function fingerprintOf(bytes: Uint8Array, offset: number): number {
	return (crc32(bytes.subarray(0, offset)) ^ XOR) >>> 0;
}
