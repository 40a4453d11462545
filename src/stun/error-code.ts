/**
 * ERROR-CODE (RFC 8489, section 14.8).
 *
 *    |           Reserved, 0 (21 bits)         |Class|     Number    |
 *    |      Reason phrase (UTF-8, fewer than 128 characters) …       |
 */
import type { StunAttribute } from './attribute.ts';
import { attributeOf, type StunMessage } from './message.ts';

export const ERROR_CODE = 0x0009;
/** 128 characters of UTF-8 stay below this (RFC 8489, section 14.8). */
const MAX_REASON_BYTES = 509;

const decoder = new TextDecoder();

export interface StunError {
	/** 300…699. */
	readonly code: number;
	readonly reason: string;
}

export function errorCodeOf(message: StunMessage): StunError | undefined {
	const value = attributeOf(message, ERROR_CODE)?.value;
	if (value === undefined || value.length < 4 || value.length > 4 + MAX_REASON_BYTES) return undefined;
	const errorClass = (value[2] ?? 0) & 0x07;
	const number = value[3] ?? 0;
	if (errorClass < 3 || errorClass > 6 || number > 99) return undefined;
	return { code: errorClass * 100 + number, reason: decoder.decode(value.subarray(4)) };
}

/** @param reason may stay empty where the answer has to be short */
export function errorCode(code: number, reason = ''): StunAttribute {
	const text = new TextEncoder().encode(reason);
	const value = new Uint8Array(4 + text.length);
	value[2] = Math.floor(code / 100);
	value[3] = code % 100;
	value.set(text, 4);
	return { type: ERROR_CODE, value };
}
