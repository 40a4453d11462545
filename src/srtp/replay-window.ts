/**
 * The sliding list of RFC 3711 3.3.2: which of the last `size` indices have arrived. A ring of bits; index i has bit i mod size.
 * Checking and marking are apart because a packet may only be marked once it is authentic.
 */
export class ReplayWindow {
	readonly #size: number;
	readonly #bits: Uint32Array;
	#highest = -1;

	/** @param size a multiple of 32. */
	constructor(size: number) {
		this.#size = size;
		this.#bits = new Uint32Array(size >>> 5);
	}

	/** The highest index marked, −1 before the first. */
	get highest(): number {
		return this.#highest;
	}

	/** Whether this index is new: neither marked nor older than the window reaches. */
	isFresh(index: number): boolean {
		if (index > this.#highest) return true;
		if (index < 0 || index <= this.#highest - this.#size) return false;
		const bit = index % this.#size;
		return (((this.#bits[bit >>> 5] as number) >>> (bit & 31)) & 1) === 0;
	}

	/** Marks an index for which {@link isFresh} was true. */
	mark(index: number): void {
		if (index > this.#highest) {
			this.#forgetBetween(this.#highest, index);
			this.#highest = index;
		}
		const bit = index % this.#size;
		this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
	}

	#forgetBetween(last: number, next: number): void {
		if (next - last > this.#size) {
			this.#bits.fill(0);
			return;
		}
		for (let index = last + 1; index <= next; index++) this.#clear(index % this.#size);
	}

	#clear(bit: number): void {
		this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) & ~(1 << (bit & 31));
	}
}
