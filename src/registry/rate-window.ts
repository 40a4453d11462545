/** Requests for help from one address within `RATE_WINDOW_MS` that are taken at face value. One hospital may sit behind one address. */
export const HELP_RATE_MAX = 30;
export const RATE_WINDOW_MS = 60_000;

/** Addresses remembered at most (about 3 MB when all are busy). Past it the one that asked longest ago is forgotten. */
export const RATE_KEYS_MAX = 10_000;

/**
 * Tells which calls of a key stay within a number per sliding window. Only those within count: a flood does not
 * keep out for ever whoever shares its address, and each window lets its number pass.
 */
export class RateWindow {
	readonly #max: number;
	readonly #windowMs: number;
	readonly #keysMax: number;
	/** Times of the calls within, oldest first; keys in order of their last call. */
	readonly #times = new Map<string, number[]>();

	constructor(options: { readonly max?: number; readonly windowMs?: number; readonly keysMax?: number } = {}) {
		this.#max = options.max ?? HELP_RATE_MAX;
		this.#windowMs = options.windowMs ?? RATE_WINDOW_MS;
		this.#keysMax = options.keysMax ?? RATE_KEYS_MAX;
	}

	/** Whether this call of the (opaque) key is within its rate. `nowMs` never goes back. */
	admit(key: string, nowMs: number): boolean {
		const times = this.#times.get(key) ?? [];
		this.#times.delete(key);
		this.#times.set(key, times);
		if (this.#times.size > this.#keysMax) this.#forgetOldestKey();
		while (times[0] !== undefined && nowMs - times[0] >= this.#windowMs) times.shift();
		if (times.length >= this.#max) return false;
		times.push(nowMs);
		return true;
	}

	/** Keys remembered now. */
	get size(): number {
		return this.#times.size;
	}

	#forgetOldestKey(): void {
		for (const key of this.#times.keys()) {
			this.#times.delete(key);
			return;
		}
	}
}
