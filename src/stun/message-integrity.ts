/**
 * MESSAGE-INTEGRITY (RFC 8489, section 14.5): HMAC-SHA1 over everything before it, computed as if the message ended with it, so the
 * length in the header is replaced by one that counts it and nothing behind.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ATTRIBUTE_HEADER_BYTES, MESSAGE_INTEGRITY } from './attribute.ts';
import { attributeOf, STUN_HEADER_BYTES, type StunMessage } from './message.ts';

export const MESSAGE_INTEGRITY_BYTES = 20;

/**
 * Whether the message carries a MESSAGE-INTEGRITY made with `key`: a short-term password (used as it is: ICE passwords are ASCII) or
 * the 16 bytes of a long-term key. The comparison takes the same time whichever byte differs.
 */
export function hasIntegrity(message: StunMessage, key: string | Uint8Array): boolean {
	const attribute = attributeOf(message, MESSAGE_INTEGRITY);
	if (attribute === undefined || attribute.value.length !== MESSAGE_INTEGRITY_BYTES) return false;
	return timingSafeEqual(attribute.value, integrityOf(message.bytes, attribute.offset, key));
}

/** The value of a MESSAGE-INTEGRITY whose attribute header stands at `offset`. */
export function integrityOf(bytes: Uint8Array, offset: number, key: string | Uint8Array): Uint8Array {
	// A copy: the `slice` of a Buffer, as sockets give them, would be the message itself.
	const header = Uint8Array.from(bytes.subarray(0, STUN_HEADER_BYTES));
	const counted = offset + ATTRIBUTE_HEADER_BYTES + MESSAGE_INTEGRITY_BYTES - STUN_HEADER_BYTES;
	header[2] = counted >> 8;
	header[3] = counted;
	return createHmac('sha1', key).update(header).update(bytes.subarray(STUN_HEADER_BYTES, offset)).digest();
}
