/** SOFTWARE (RFC 8489, section 14.14): a description of the sender for diagnosis, UTF-8, fewer than 128 characters. */
import type { StunAttribute } from './attribute.ts';
import { attributeOf, type StunMessage } from './message.ts';

export const SOFTWARE = 0x8022;
/** 128 characters of UTF-8 stay below this (RFC 8489, section 14.14). */
const MAX_SOFTWARE_BYTES = 509;

const decoder = new TextDecoder();

export function softwareOf(message: StunMessage): string | undefined {
	const value = attributeOf(message, SOFTWARE)?.value;
	return value === undefined || value.length > MAX_SOFTWARE_BYTES ? undefined : decoder.decode(value);
}

export function software(description: string): StunAttribute {
	return { type: SOFTWARE, value: new TextEncoder().encode(description) };
}
