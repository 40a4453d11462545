/** The few pieces of DER (X.690) that a self-signed certificate needs. */

const Tag = {
	integer: 0x02,
	bitString: 0x03,
	objectId: 0x06,
	utf8String: 0x0c,
	utcTime: 0x17,
	generalizedTime: 0x18,
	sequence: 0x30,
	set: 0x31,
};

function element(tag: number, content: Uint8Array): Uint8Array {
	const { length } = content;
	const header = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
	return Buffer.concat([Uint8Array.from(header), content]);
}

export const sequence = (...parts: readonly Uint8Array[]) => element(Tag.sequence, Buffer.concat(parts));
export const set = (...parts: readonly Uint8Array[]) => element(Tag.set, Buffer.concat(parts));
/** A constructed context-specific tag. */
export const explicit = (number: number, content: Uint8Array) => element(0xa0 | number, content);
/** An unsigned number whose first octet is below 128. */
export const integer = (bytes: Uint8Array) => element(Tag.integer, bytes);
export const bitString = (bytes: Uint8Array) => element(Tag.bitString, Buffer.concat([Uint8Array.of(0), bytes]));
export const utf8String = (text: string) => element(Tag.utf8String, Buffer.from(text, 'utf8'));
/** An object identifier by its encoded octets. */
export const objectId = (...octets: readonly number[]) => element(Tag.objectId, Uint8Array.from(octets));

/** UTCTime up to 2049, GeneralizedTime from then on: RFC 5280 4.1.2.5. */
export function time(at: Date): Uint8Array {
	const text = at.toISOString().replace(/[-:T]|\.\d+/g, '');
	if (at.getUTCFullYear() >= 2050) return element(Tag.generalizedTime, Buffer.from(text, 'ascii'));
	return element(Tag.utcTime, Buffer.from(text.slice(2), 'ascii'));
}
