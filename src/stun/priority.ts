/** PRIORITY (RFC 8445, section 16.1): the priority a peer-reflexive candidate would get from this check, 32 bits. */
import type { StunAttribute } from './attribute.ts';
import { attributeOf, type StunMessage } from './message.ts';

export const PRIORITY = 0x0024;

export function priorityOf(message: StunMessage): number | undefined {
	const value = attributeOf(message, PRIORITY)?.value;
	return value?.length === 4 ? new DataView(value.buffer, value.byteOffset, 4).getUint32(0) : undefined;
}

export function priority(value: number): StunAttribute {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value);
	return { type: PRIORITY, value: bytes };
}
