/** ICE-CONTROLLED (RFC 8445, section 16.1): the sender believes itself controlled; its tie-breaker, 64 bits. */
import type { StunAttribute } from './attribute.ts';
import { attributeOf, type StunMessage } from './message.ts';

export const ICE_CONTROLLED = 0x8029;

/** The tie-breaker, or undefined without the attribute (or with one that has not eight bytes). */
export function iceControlledOf(message: StunMessage): bigint | undefined {
	const value = attributeOf(message, ICE_CONTROLLED)?.value;
	return value?.length === 8 ? new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0) : undefined;
}

export function iceControlled(tieBreaker: bigint): StunAttribute {
	const bytes = new Uint8Array(8);
	new DataView(bytes.buffer).setBigUint64(0, tieBreaker);
	return { type: ICE_CONTROLLED, value: bytes };
}
