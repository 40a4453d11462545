/**
 * STUN messages (RFC 8489, section 5): recognising and reading them.
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |0 0|  STUN message type (14)   |         message length        |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                   magic cookie 0x2112A442                     |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                   transaction id (96 bits)                    |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import {
	ATTRIBUTE_HEADER_BYTES,
	FINGERPRINT,
	isComprehensionRequired,
	MESSAGE_INTEGRITY,
	paddedLength,
	type ReadAttribute,
} from './attribute.ts';

export const STUN_HEADER_BYTES = 20;
export const MAGIC_COOKIE = 0x2112a442;
export const TRANSACTION_ID_BYTES = 12;
/** The only method of ICE. */
export const BINDING_METHOD = 0x001;

/** A browser's check carries about ten; this bounds what a datagram of empty attributes costs. */
export const MAX_ATTRIBUTES = 32;

export type StunClass = 'request' | 'indication' | 'success' | 'error';

/** In the order of the two class bits (RFC 8489, figure 3). */
export const stunClasses: readonly StunClass[] = ['request', 'indication', 'success', 'error'];

export interface StunMessage {
	/** 0x000…0x0ff: higher ones do not fit the first byte that RFC 7983 leaves to STUN on a shared port. */
	readonly method: number;
	readonly messageClass: StunClass;
	/** 12 bytes. */
	readonly transactionId: Uint8Array;
	/**
	 * In order. What follows MESSAGE-INTEGRITY is not covered by it and left out (RFC 8489, section 14.5), FINGERPRINT excepted.
	 */
	readonly attributes: readonly ReadAttribute[];
	/** The message itself, a view of the bytes it was read from: valid as long as they are left alone. */
	readonly bytes: Uint8Array;
}

/** RFC 7983's first byte 0…3, the magic cookie and a length that fits: worth handing to {@link parseStun}. */
export function looksLikeStun(bytes: Uint8Array, length: number): boolean {
	return (
		length >= STUN_HEADER_BYTES &&
		length <= bytes.length &&
		(bytes[0] ?? 0xff) <= 3 &&
		bytes[4] === 0x21 &&
		bytes[5] === 0x12 &&
		bytes[6] === 0xa4 &&
		bytes[7] === 0x42 &&
		(((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) === length - STUN_HEADER_BYTES
	);
}

/**
 * Reads the message that fills the first `length` bytes, without judging its integrity or fingerprint.
 * @returns undefined when it is malformed or has more than {@link MAX_ATTRIBUTES} attributes
 */
export function parseStun(bytes: Uint8Array, length: number): StunMessage | undefined {
	if (!looksLikeStun(bytes, length) || length % 4 !== 0) return undefined;
	const view = new DataView(bytes.buffer, bytes.byteOffset, length);
	const attributes: ReadAttribute[] = [];
	let protectedFrom = length;
	let count = 0;
	for (let offset = STUN_HEADER_BYTES; offset < length; ) {
		if (++count > MAX_ATTRIBUTES || offset + ATTRIBUTE_HEADER_BYTES > length) return undefined;
		const type = view.getUint16(offset);
		const valueLength = view.getUint16(offset + 2);
		const start = offset + ATTRIBUTE_HEADER_BYTES;
		const next = start + paddedLength(valueLength);
		if (next > length) return undefined;
		// FINGERPRINT ends a message (RFC 8489, section 14.7).
		if (type === FINGERPRINT && next !== length) return undefined;
		if (offset < protectedFrom || type === FINGERPRINT) {
			attributes.push({ type, value: bytes.subarray(start, start + valueLength), offset });
		}
		if (type === MESSAGE_INTEGRITY && protectedFrom === length) protectedFrom = offset;
		offset = next;
	}
	const type = view.getUint16(0);
	return {
		method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
		messageClass: stunClasses[((type & 0x0100) >> 7) | ((type & 0x0010) >> 4)] ?? 'request',
		transactionId: bytes.subarray(8, STUN_HEADER_BYTES),
		attributes,
		bytes: bytes.subarray(0, length),
	};
}

/** The first attribute of this type; later ones of the same type have no meaning (RFC 8489, section 14). */
export function attributeOf(message: StunMessage, type: number): ReadAttribute | undefined {
	return message.attributes.find((attribute) => attribute.type === type);
}

/** The types that must be understood and are not among `known`, each once, in order. */
export function unknownAttributesOf(message: StunMessage, known: ReadonlySet<number>): readonly number[] {
	const unknown = new Set<number>();
	for (const { type } of message.attributes) {
		if (isComprehensionRequired(type) && !known.has(type)) unknown.add(type);
	}
	return [...unknown];
}
