/** libwebrtc keeps as many: a hole that is bigger is not repaired packet by packet but with a keyframe. */
export const MISSING_LIMIT = 1000;

const NONE = new Float64Array(0);
const NO_TRIES = new Uint8Array(0);

/**
 * Packets that were not received, in ascending order: extended sequence numbers, when each was first missed, how often and when it
 * was last asked for. Flat arrays, 25 KiB, made with the first loss.
 */
export class MissingPackets {
	count = 0;
	#sequence = NONE;
	#missedMs = NONE;
	#askedMs = NONE;
	#tries = NO_TRIES;

	/** Adds one later than all in the list. The caller keeps to {@link MISSING_LIMIT}. */
	add(extendedSequence: number, nowMs: number): void {
		if (this.#sequence.length === 0) {
			this.#sequence = new Float64Array(MISSING_LIMIT);
			this.#missedMs = new Float64Array(MISSING_LIMIT);
			this.#askedMs = new Float64Array(MISSING_LIMIT);
			this.#tries = new Uint8Array(MISSING_LIMIT);
		}
		const at = this.count++;
		this.#sequence[at] = extendedSequence;
		this.#missedMs[at] = nowMs;
		this.#askedMs[at] = 0;
		this.#tries[at] = 0;
	}

	sequence(at: number): number {
		return this.#sequence[at] ?? 0;
	}

	missedMs(at: number): number {
		return this.#missedMs[at] ?? 0;
	}

	/** When it was last asked for; meaningless while `tries` is 0. */
	askedMs(at: number): number {
		return this.#askedMs[at] ?? 0;
	}

	tries(at: number): number {
		return this.#tries[at] ?? 0;
	}

	asked(at: number, nowMs: number): void {
		this.#askedMs[at] = nowMs;
		this.#tries[at] = this.tries(at) + 1;
	}

	/** Where the first packet at or after `extendedSequence` is; `count` when there is none. */
	find(extendedSequence: number): number {
		let low = 0;
		let high = this.count;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.sequence(middle) < extendedSequence) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** Removes those from `from` up to, not including, `to`. */
	remove(from: number, to: number): void {
		this.#sequence.copyWithin(from, to, this.count);
		this.#missedMs.copyWithin(from, to, this.count);
		this.#askedMs.copyWithin(from, to, this.count);
		this.#tries.copyWithin(from, to, this.count);
		this.count -= to - from;
	}

	clear(): void {
		this.count = 0;
	}
}
