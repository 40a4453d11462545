const NONE = -1;

interface Slot {
	readonly bytes: Uint8Array;
	length: number;
	extendedSequence: number;
}

/** Keeps the last few packets of a source and gives each back when so many later ones have come. Nothing is made before the first. */
export class EarlierPackets {
	readonly #depth: number;
	#slots: readonly Slot[] = [];
	#next = 0;

	/** @param depth how many packets later */
	constructor(depth: number) {
		this.#depth = depth;
	}

	/** Takes a packet and gives the one of `depth` packets ago, if there is one. It lasts until the next call, which may overwrite it. */
	push(packet: Uint8Array, length: number, extendedSequence: number): Slot | undefined {
		if (this.#slots.length === 0) {
			const slots = this.#depth + 1;
			this.#slots = Array.from({ length: slots }, () => ({ bytes: new Uint8Array(packet.length), length: 0, extendedSequence: NONE }));
		}
		const slot = this.#slots[this.#next];
		this.#next = (this.#next + 1) % this.#slots.length;
		if (slot === undefined) return undefined;
		slot.bytes.set(packet.subarray(0, length));
		slot.length = length;
		slot.extendedSequence = extendedSequence;
		const earlier = this.#slots[this.#next];
		return earlier === undefined || earlier.extendedSequence === NONE ? undefined : earlier;
	}

	clear(): void {
		for (const slot of this.#slots) slot.extendedSequence = NONE;
	}
}
