const NONE = -1;

/** Does the cache hold this packet? */
export type Holds = (extendedSequence: number) => boolean;

/** Keeps track, for a packet cache, of the packets since the last keyframe: where they begin, and whether one is missing. */
export class KeyframeGroup {
	/** The first packet, or -1 while there is no keyframe. */
	first = NONE;
	#timestamp = 0;
	#startedMs = 0;
	/** Between the first packet and the highest; the one right before the first counts too while it is unknown. */
	#missing = 0;
	readonly #holds: Holds;

	constructor(holds: Holds) {
		this.#holds = holds;
	}

	get isComplete(): boolean {
		return this.first !== NONE && this.#missing === 0;
	}

	/** When its first packet arrived. */
	get startedMs(): number {
		return this.#startedMs;
	}

	forget(): void {
		this.first = NONE;
	}

	/**
	 * A packet was stored.
	 *
	 * @param before the highest packet until then, -1 for none
	 * @param isStart it begins a keyframe
	 */
	stored(extendedSequence: number, before: number, isStart: boolean, timestamp: number, nowMs: number): void {
		const { first } = this;
		// A keyframe may show its start twice: the packet with its parameter sets, and the first of the picture.
		const isSameKeyframe = first !== NONE && timestamp === this.#timestamp;
		if (isStart && (isSameKeyframe ? extendedSequence < first : extendedSequence > first)) {
			this.first = extendedSequence;
			this.#timestamp = timestamp;
			this.#startedMs = nowMs;
			this.#missing = this.#countMissing(extendedSequence, before);
		} else if (first !== NONE) {
			if (extendedSequence > before) this.#missing += extendedSequence - before - 1;
			else if (extendedSequence >= first - 1) this.#missing--;
		}
	}

	/** Missing right before the first packet counts too: it may have been the parameter sets. */
	#countMissing(first: number, before: number): number {
		const follows = first > before ? before === NONE || first === before + 1 : this.#holds(first - 1);
		let missing = follows ? 0 : 1;
		for (let number = first + 1; number < before; number++) if (!this.#holds(number)) missing++;
		return missing;
	}
}
