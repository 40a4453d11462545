/** UNKNOWN-ATTRIBUTES (RFC 8489, section 14.13): the attribute types that a 420 answer complains of, 16 bits each. */
import type { StunAttribute } from './attribute.ts';
import { attributeOf, type StunMessage } from './message.ts';

export const UNKNOWN_ATTRIBUTES = 0x000a;

export function unknownAttributesIn(message: StunMessage): readonly number[] | undefined {
	const value = attributeOf(message, UNKNOWN_ATTRIBUTES)?.value;
	if (value === undefined || value.length % 2 !== 0) return undefined;
	const types: number[] = [];
	for (let at = 0; at < value.length; at += 2) types.push(((value[at] ?? 0) << 8) | (value[at + 1] ?? 0));
	return types;
}

export function unknownAttributes(types: readonly number[]): StunAttribute {
	const value = new Uint8Array(2 * types.length);
	types.forEach((type, i) => {
		value[2 * i] = type >> 8;
		value[2 * i + 1] = type;
	});
	return { type: UNKNOWN_ATTRIBUTES, value };
}
