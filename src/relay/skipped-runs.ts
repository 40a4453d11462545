/** What {@link SkippedRuns} answers for a packet or a number that it does not know. */
export const NO_NUMBER = -1;

/**
 * Runs of skipped packets remembered: at worst every other packet is skipped, so that these reach back 2,048 packets, as far as the
 * packet cache of the source does.
 */
export const RUN_LIMIT = 1024;
const RUN_MASK = RUN_LIMIT - 1;

/**
 * Closes up the numbers of a line from which packets are left out: 7 8 9 10 11 without 8 and 9 become 7 8 9, and back. What has not
 * been skipped keeps a number, also while it is missing.
 *
 * Between two runs of skipped packets the difference is constant, so only the runs are stored: 12 KiB, and nothing before the first
 * packet is skipped. Packets before the oldest run remembered have no number any more.
 */
export class SkippedRuns {
	/** How many packets have been skipped since the beginning. */
	total = 0;
	/** The first packet that has a number. */
	#first = 0;
	/** From this packet on, so many have been skipped. Rings, oldest at `#oldest`. */
	#from: Float64Array | undefined;
	#skipped: Uint32Array | undefined;
	#oldest = 0;
	#runs = 0;

	/** Begins a line; `first` keeps its own value as number. */
	reset(first: number): void {
		this.#first = first;
		this.total = 0;
		this.#runs = 0;
	}

	/** Leaves out a packet later than all that were skipped or asked for so far, other than the first. */
	skip(extendedSequence: number): void {
		this.#from ??= new Float64Array(RUN_LIMIT);
		this.#skipped ??= new Uint32Array(RUN_LIMIT);
		if (this.#runs === 0) this.#add(this.#from, this.#skipped, this.#first);
		this.total++;
		const newest = (this.#oldest + this.#runs - 1) & RUN_MASK;
		if (this.#from[newest] === extendedSequence) {
			this.#from[newest] = extendedSequence + 1;
			this.#skipped[newest] = this.total;
		} else {
			this.#add(this.#from, this.#skipped, extendedSequence + 1);
		}
	}

	/** The number of a packet, or {@link NO_NUMBER} when it was skipped or is too old. */
	numberOf(extendedSequence: number): number {
		const from = this.#from;
		const skipped = this.#skipped;
		if (this.#runs === 0 || from === undefined || skipped === undefined) {
			return extendedSequence < this.#first ? NO_NUMBER : extendedSequence;
		}
		let low = 0;
		let high = this.#runs;
		// The last run that begins at or before the packet; nearly always the newest.
		if ((from[(this.#oldest + high - 1) & RUN_MASK] ?? 0) <= extendedSequence) low = high;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((from[(this.#oldest + middle) & RUN_MASK] ?? 0) <= extendedSequence) low = middle + 1;
			else high = middle;
		}
		if (low === 0) return NO_NUMBER;
		const slot = (this.#oldest + low - 1) & RUN_MASK;
		const before = skipped[slot] ?? 0;
		if (low < this.#runs) {
			const next = (slot + 1) & RUN_MASK;
			// The packets skipped next lie right before where the next run begins.
			if (extendedSequence >= (from[next] ?? 0) - ((skipped[next] ?? 0) - before)) return NO_NUMBER;
		}
		return extendedSequence - before;
	}

	/** The packet that has a number, or {@link NO_NUMBER} when it is too old. */
	packetOf(number: number): number {
		const from = this.#from;
		const skipped = this.#skipped;
		if (this.#runs === 0 || from === undefined || skipped === undefined) return number < this.#first ? NO_NUMBER : number;
		let low = 0;
		let high = this.#runs;
		while (low < high) {
			const middle = (low + high) >> 1;
			const slot = (this.#oldest + middle) & RUN_MASK;
			if ((from[slot] ?? 0) - (skipped[slot] ?? 0) <= number) low = middle + 1;
			else high = middle;
		}
		return low === 0 ? NO_NUMBER : number + (skipped[(this.#oldest + low - 1) & RUN_MASK] ?? 0);
	}

	#add(from: Float64Array, skipped: Uint32Array, first: number): void {
		if (this.#runs === RUN_LIMIT) this.#oldest = (this.#oldest + 1) & RUN_MASK;
		else this.#runs++;
		const slot = (this.#oldest + this.#runs - 1) & RUN_MASK;
		from[slot] = first;
		skipped[slot] = this.total;
	}
}
