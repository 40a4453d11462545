const BUCKETS = 10;
const BUCKET_MS = 100;

/** How many bytes passed in the last second, in steps of 100 ms. */
export class ByteRate {
	readonly #buckets = new Float64Array(BUCKETS);
	#newest = 0;
	#total = 0;

	add(bytes: number, nowMs: number): void {
		this.#advance(nowMs);
		const slot = this.#newest % BUCKETS;
		this.#buckets[slot] = (this.#buckets[slot] ?? 0) + bytes;
		this.#total += bytes;
	}

	/** Bytes in the last second. */
	lastSecond(nowMs: number): number {
		this.#advance(nowMs);
		return this.#total;
	}

	#advance(nowMs: number): void {
		const now = Math.floor(nowMs / BUCKET_MS);
		if (now - this.#newest >= BUCKETS) {
			this.#buckets.fill(0);
			this.#total = 0;
			this.#newest = now;
		}
		while (this.#newest < now) {
			this.#newest++;
			const slot = this.#newest % BUCKETS;
			this.#total -= this.#buckets[slot] ?? 0;
			this.#buckets[slot] = 0;
		}
	}
}
