/**
 * The transaction ids of one ICE generation's authenticated checks. It never forgets: an id that dropped out of a sliding window could
 * be replayed hours later. Random 96-bit ids are kept as 32 bits each; two of them meeting by accident (1 in 130,000 with the log full)
 * costs one check its effect, which the next one has.
 */

/**
 * 23 hours of Chromium's pace, one check every 2.5 s, in at most 256 KiB. Only the peer that knows the password can fill it, and harms
 * itself alone: see {@link TransactionLog.record}.
 */
export const MAX_TRANSACTIONS = 32_768;

const INITIAL_SLOTS = 128;

export class TransactionLog {
	/** Open addressing, at most half full; 0 is an empty slot. */
	#slots = new Uint32Array(INITIAL_SLOTS);
	#count = 0;

	/** Three quarters full. */
	get isWorn(): boolean {
		return this.#count >= MAX_TRANSACTIONS * 0.75;
	}

	/** @returns whether this id is new, and recorded from now on; `full`: unknown, because nothing can be recorded any more */
	record(transactionId: Uint8Array): 'new' | 'seen' | 'full' {
		const key = keyOf(transactionId);
		const slot = this.#slotOf(key);
		if (this.#slots[slot] === key) return 'seen';
		if (this.#count >= MAX_TRANSACTIONS) return 'full';
		this.#slots[slot] = key;
		this.#count += 1;
		if (this.#count * 2 >= this.#slots.length && this.#count < MAX_TRANSACTIONS) this.#grow();
		return 'new';
	}

	#slotOf(key: number): number {
		const mask = this.#slots.length - 1;
		let slot = key & mask;
		while (this.#slots[slot] !== 0 && this.#slots[slot] !== key) slot = (slot + 1) & mask;
		return slot;
	}

	#grow(): void {
		const old = this.#slots;
		this.#slots = new Uint32Array(old.length * 2);
		for (const key of old) {
			if (key !== 0) this.#slots[this.#slotOf(key)] = key;
		}
	}
}

function keyOf(transactionId: Uint8Array): number {
	const view = new DataView(transactionId.buffer, transactionId.byteOffset, 12);
	return (view.getUint32(0) ^ view.getUint32(4) ^ view.getUint32(8)) >>> 0 || 1;
}
