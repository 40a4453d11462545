/** So many of something within a span of time; the span begins with the first after the last one ended. */
export class FloodBudget {
	readonly #count: number;
	readonly #windowMs: number;
	#windowEndMs = Number.NEGATIVE_INFINITY;
	#left = 0;

	constructor({ count, windowMs }: { readonly count: number; readonly windowMs: number }) {
		this.#count = count;
		this.#windowMs = windowMs;
	}

	/** Takes one. Returns false when the budget is overdrawn. */
	spend(nowMs: number): boolean {
		if (nowMs >= this.#windowEndMs) {
			this.#windowEndMs = nowMs + this.#windowMs;
			this.#left = this.#count;
		}
		this.#left--;
		return this.#left >= 0;
	}
}
