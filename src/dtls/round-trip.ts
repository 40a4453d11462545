/** What a repeat is worth waiting for at least; nearer paths are not waited for more exactly, as timers and cryptography take some of it. */
const MIN_ROUND_TRIP_MS = 50;

/**
 * What ICE has seen is too long by each check that was lost. Beyond this it is not believed: to repeat too early costs a datagram, to wait
 * longer for what is lost costs the picture.
 */
const MAX_ROUND_TRIP_MS = 300;

/** Where nobody has measured: that of a mobile network. */
const ASSUMED_ROUND_TRIP_MS = 100;

/**
 * The round trip of a path in ms, always between 50 and 300: at first what ICE has seen, then what the first flight that was answered
 * without having been repeated says. An answer to a repeated one tells nothing, as it may be to either (Karn's algorithm, RFC 6298 3).
 *
 * Answers are believed before they are proven. The bounds are all that a forged one can reach.
 */
export class RoundTrip {
	#ms: number;
	#sentMs: number | undefined;

	/** @param seenMs as ICE has seen it, undefined when it has not */
	constructor(seenMs: number = ASSUMED_ROUND_TRIP_MS) {
		this.#ms = bounded(seenMs);
	}

	/** The best that is known now. */
	get ms(): number {
		return this.#ms;
	}

	/** A flight that wants an answer went out for the first time. */
	sent(nowMs: number): void {
		this.#sentMs = nowMs;
	}

	/** It went out again, or another one did. */
	repeated(): void {
		this.#sentMs = undefined;
	}

	/** The answer has begun to come. */
	answered(nowMs: number): void {
		if (this.#sentMs === undefined) return;
		this.#ms = bounded(nowMs - this.#sentMs);
		this.#sentMs = undefined;
	}
}

function bounded(ms: number): number {
	return Math.min(Math.max(ms, MIN_ROUND_TRIP_MS), MAX_ROUND_TRIP_MS);
}
