/**
 * STUN attributes as type, length and value (RFC 8489, section 14).
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |         Type                  |            Length             |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                         Value (variable), padded to words     |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const ATTRIBUTE_HEADER_BYTES = 4;

/** The two attributes whose place in a message has a meaning: what follows the first is not covered by it, the second is the last. */
export const MESSAGE_INTEGRITY = 0x0008;
export const FINGERPRINT = 0x8028;

export interface StunAttribute {
	readonly type: number;
	readonly value: Uint8Array;
}

/** An attribute that was read from a message, and where its own header starts in it. */
export interface ReadAttribute extends StunAttribute {
	readonly offset: number;
}

/** The bytes of a value with the padding that follows it. */
export function paddedLength(length: number): number {
	return (length + 3) & ~3;
}

/** May an agent that does not know this attribute go on? Not below 0x8000 (RFC 8489, section 14). */
export function isComprehensionRequired(type: number): boolean {
	return type < 0x8000;
}
