/** USERNAME (RFC 8489, section 14.3): UTF-8, fewer than 509 bytes; in ICE `ufrag of the receiver:ufrag of the sender`. */
import type { StunAttribute } from './attribute.ts';
import { attributeOf, type StunMessage } from './message.ts';

export const USERNAME = 0x0006;
export const MAX_USERNAME_BYTES = 508;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined when there is none, or it is too long or not UTF-8. */
export function usernameOf(message: StunMessage): string | undefined {
	const value = attributeOf(message, USERNAME)?.value;
	if (value === undefined || value.length > MAX_USERNAME_BYTES) return undefined;
	try {
		return decoder.decode(value);
	} catch {
		return undefined;
	}
}

export function username(name: string): StunAttribute {
	return { type: USERNAME, value: new TextEncoder().encode(name) };
}
