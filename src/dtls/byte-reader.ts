/**
 * Reads network-order fields from bytes a peer sent. Reading past the end sets {@link failed} and gives zeros from then on, so a
 * parser reads straight through and asks once.
 */
export class ByteReader {
	readonly #bytes: Uint8Array;
	#at = 0;
	#failed = false;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	/** Something was read that is not there. */
	get failed(): boolean {
		return this.#failed;
	}

	/** Octets not read yet; none after a failure, so that reading until none remain always ends. */
	get remaining(): number {
		return this.#failed ? 0 : this.#bytes.length - this.#at;
	}

	/** An unsigned number of `octets` (1 to 6) octets. */
	number(octets: number): number {
		let value = 0;
		for (const octet of this.bytes(octets)) value = value * 256 + octet;
		return value;
	}

	/** The next `length` octets, not copied. */
	bytes(length: number): Uint8Array {
		if (this.#failed || length > this.remaining) {
			this.#failed = true;
			return new Uint8Array(0);
		}
		this.#at += length;
		return this.#bytes.subarray(this.#at - length, this.#at);
	}

	/** A vector: its length in `lengthOctets` octets, then that many octets. RFC 5246 4.3. */
	vector(lengthOctets: number): Uint8Array {
		return this.bytes(this.number(lengthOctets));
	}

	/** A vector of 16-bit numbers. */
	numbers16(lengthOctets: number): number[] {
		const items = new ByteReader(this.vector(lengthOctets));
		const numbers: number[] = [];
		while (items.remaining > 0) numbers.push(items.number(2));
		if (items.failed) this.#failed = true;
		return numbers;
	}
}
