/** The first retry comes after this long; each further one after twice the wait before, up to `maxRetryMs`. */
export const firstRetryMs = 250;
export const maxRetryMs = 3_000;
/** A client that has not answered for so long is given up. */
export const giveUpMs = 30_000;

/** When an offer that failed is sent again, and when it is given up. One object lives through all offers of a peer. */
export class RetrySchedule {
	readonly #random: () => number;
	#failures = 0;
	#giveUpAtMs: number | undefined;
	#retryAtMs: number | undefined;

	/** @param random numbers from 0 to 1, for jitter: up to a quarter of a wait is cut off, so that many peers do not retry at once. */
	constructor(random: () => number) {
		this.#random = random;
	}

	/** The deadline counts from the first offer without an answer, not from its retries. */
	offered(nowMs: number): void {
		this.#giveUpAtMs ??= nowMs + giveUpMs;
		this.#retryAtMs = undefined;
	}

	failed(nowMs: number): void {
		if (this.#retryAtMs !== undefined || this.#giveUpAtMs === undefined) return;
		const waitMs = Math.min(firstRetryMs * 2 ** this.#failures, maxRetryMs);
		this.#failures += 1;
		this.#retryAtMs = nowMs + waitMs * (1 - this.#random() / 4);
	}

	succeeded(): void {
		this.#failures = 0;
		this.#giveUpAtMs = undefined;
		this.#retryAtMs = undefined;
	}

	get giveUpAtMs(): number | undefined {
		return this.#giveUpAtMs;
	}

	get retryAtMs(): number | undefined {
		return this.#retryAtMs;
	}
}
