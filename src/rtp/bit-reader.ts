/** Reads big-endian bit fields from a stretch of bytes. Past its end everything is 0 and {@link overrun} tells. */
export class BitReader {
	/** More was read than there is. */
	overrun = false;
	#bytes: Uint8Array = new Uint8Array(0);
	#at = 0;
	#end = 0;

	/** Starts at the first bit of `length` bytes from `offset`. */
	open(bytes: Uint8Array, offset: number, length: number): void {
		this.#bytes = bytes;
		this.#at = 8 * offset;
		this.#end = 8 * Math.min(offset + length, bytes.length);
		this.overrun = false;
	}

	/** @param count 0 to 31 */
	bits(count: number): number {
		if (this.#at + count > this.#end) {
			this.overrun = true;
			return 0;
		}
		let value = 0;
		for (let left = count; left > 0; left--, this.#at++) {
			value = (value << 1) | (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
		}
		return value;
	}

	flag(): boolean {
		return this.bits(1) === 1;
	}
}
