/** Big-endian bit fields, for tests that write what a parser reads. */
export class BitWriter {
	readonly #bits: number[] = [];

	/** Fields as pairs of width and value. */
	put(...fields: readonly (readonly [width: number, value: number])[]): this {
		for (const [width, value] of fields) for (let bit = width - 1; bit >= 0; bit--) this.#bits.push((value >> bit) & 1);
		return this;
	}

	/** Filled up with zeros to whole bytes. */
	bytes(): number[] {
		const bytes: number[] = [];
		for (let at = 0; at < this.#bits.length; at += 8) {
			let byte = 0;
			for (let bit = 0; bit < 8; bit++) byte = (byte << 1) | (this.#bits[at + bit] ?? 0);
			bytes.push(byte);
		}
		return bytes;
	}
}
