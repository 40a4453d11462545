/** Sequence numbers that are remembered to tell a second copy from a first. */
const REMEMBERED = 4096;

/** What one viewer receives of its picture. Every packet is counted, by its RTP sequence number. */
export class Reception {
	/** Packets since `begin`, second copies not counted. */
	received = 0;
	/** Octets of datagrams since `begin`. */
	bytes = 0;
	#highest = -1;
	#highestAtBegin = -1;
	readonly #seen = new Float64Array(REMEMBERED).fill(-1);

	/** Starts a new count. */
	begin(): void {
		this.received = 0;
		this.bytes = 0;
		this.#highestAtBegin = this.#highest;
	}

	/** Whether anything has come at all. */
	get plays(): boolean {
		return this.#highest >= 0;
	}

	/** The highest sequence number so far, with its cycles in the upper half. */
	get highest(): number {
		return this.#highest;
	}

	/** Sequence numbers since `begin` that did not come although later ones did: what the viewer itself can see of loss. */
	get gaps(): number {
		return Math.max(0, this.#highest - this.#highestAtBegin - this.received);
	}

	/** @param sequence of 16 bits @returns the packets received since `begin`, 0 for a second copy */
	note(sequence: number, bytes: number): number {
		const extended = this.#highest < 0 ? sequence + 0x10000 : this.#extend(sequence);
		const at = extended % REMEMBERED;
		if (this.#seen[at] === extended) return 0;
		this.#seen[at] = extended;
		if (this.#highest < 0) this.#highestAtBegin = extended - 1;
		if (extended > this.#highest) this.#highest = extended;
		this.bytes += bytes;
		return ++this.received;
	}

	/** The number nearest to the highest so far: RFC 3550, appendix A.1. */
	#extend(sequence: number): number {
		const step = (sequence - this.#highest) & 0xffff;
		return this.#highest + (step < 0x8000 ? step : step - 0x10000);
	}
}
