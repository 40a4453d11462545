/** Network-order encoding, the counterpart of the reader: values are our own, so a wrong one is a broken invariant. */

/** An unsigned number in `octets` (1 to 6) octets. */
export function number(value: number, octets: number): Uint8Array {
	const bytes = Buffer.alloc(octets);
	bytes.writeUIntBE(value, 0, octets);
	return bytes;
}

/** A vector: length in `lengthOctets` octets, then the parts. RFC 5246 4.3. */
export function vector(lengthOctets: number, ...parts: readonly Uint8Array[]): Uint8Array {
	const body = Buffer.concat(parts);
	return Buffer.concat([number(body.length, lengthOctets), body]);
}

/** A vector of 16-bit numbers. */
export function numbers16(lengthOctets: number, values: readonly number[]): Uint8Array {
	return vector(lengthOctets, ...values.map((value) => number(value, 2)));
}
