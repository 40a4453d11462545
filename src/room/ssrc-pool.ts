/** The outbound SSRCs in use: unique within the server, so that a stream is the same everywhere it is seen. */
export class SsrcPool {
	readonly #taken = new Set<number>();
	readonly #uint32: () => number;

	constructor(uint32: () => number) {
		this.#uint32 = uint32;
	}

	get size(): number {
		return this.#taken.size;
	}

	take(): number {
		for (;;) {
			const ssrc = this.#uint32();
			// Zero is legal in RTP, but receivers use it for "not known".
			if (ssrc === 0 || this.#taken.has(ssrc)) continue;
			this.#taken.add(ssrc);
			return ssrc;
		}
	}

	give(ssrc: number): void {
		this.#taken.delete(ssrc);
	}
}
