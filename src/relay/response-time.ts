/** Before the first answer: libwebrtc's own first guess of a round trip. */
const INITIAL_MS = 100;
/** Below it a repeat only makes duplicates: senders pace, and both sides work in ticks. */
const LEAST_MS = 20;
/** Above it no repeat would come in time to be of use. */
const MOST_MS = 1000;

/** Gains of RFC 6298, section 2.3. */
const MEAN_GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;
/** Deviations to wait beyond the mean. RFC 6298 takes 4 where a timeout halves the rate; here it costs one duplicate. */
const DEVIATIONS = 2;
/** The wait grows by this while only repeats are answered. */
const BACK_OFF = 1.25;

/**
 * How long a sender takes from a NACK to the packet asked for: round trip, its pacing and our ticks together, as TCP smooths it
 * (RFC 6298). Only answers to a first request count (Karn's rule): those to a repeat might belong to either.
 */
export class ResponseTime {
	#meanMs = INITIAL_MS;
	#deviationMs = 0;
	#measured = false;
	#backOff = 1;
	#backOffMs = Number.NEGATIVE_INFINITY;

	/** Smoothed, milliseconds. */
	get meanMs(): number {
		return this.#meanMs;
	}

	/** How long to wait for an answer before it counts as lost. */
	get patienceMs(): number {
		return Math.min(MOST_MS, Math.max(LEAST_MS, this.#backOff * (this.#meanMs + DEVIATIONS * this.#deviationMs)));
	}

	/** A packet came this long after it was asked for the first and only time. */
	answered(afterMs: number): void {
		const ms = Math.min(MOST_MS, Math.max(0, afterMs));
		this.#backOff = 1;
		if (!this.#measured) {
			this.#measured = true;
			this.#meanMs = ms;
			this.#deviationMs = ms / 2;
			return;
		}
		this.#deviationMs += DEVIATION_GAIN * (Math.abs(ms - this.#meanMs) - this.#deviationMs);
		this.#meanMs += MEAN_GAIN * (ms - this.#meanMs);
	}

	/**
	 * A packet came that was asked for several times. Perhaps the first request would have done, had it been waited for: the wait
	 * grows, once in its own length, until an answer can be measured (RFC 6298, sections 5.5 to 5.7).
	 */
	answeredRepeat(nowMs: number): void {
		if (nowMs < this.#backOffMs || this.patienceMs === MOST_MS) return;
		this.#backOff *= BACK_OFF;
		this.#backOffMs = nowMs + this.patienceMs;
	}
}
