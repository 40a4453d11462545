/** USE-CANDIDATE (RFC 8445, section 16.1): a flag without a value, by which the controlling agent nominates the pair of this check. */
import type { StunAttribute } from './attribute.ts';
import { attributeOf, type StunMessage } from './message.ts';

export const USE_CANDIDATE = 0x0025;

export function hasUseCandidate(message: StunMessage): boolean {
	return attributeOf(message, USE_CANDIDATE) !== undefined;
}

export function useCandidate(): StunAttribute {
	return { type: USE_CANDIDATE, value: new Uint8Array(0) };
}
