import { add16, firstExtended16, unwrap16 } from '../rtp/sequence.ts';

/** What {@link SequenceLine.place} answers for a packet that gets no number. */
export const REFUSED = -1;

/**
 * How far back a late packet is still placed: the width of the SRTP replay window on the uplink, so nothing older arrives. The
 * same number of outbound numbers is remembered as given.
 */
const LATE_WINDOW = 1024;
/** A leap ahead by more than this is a restart (RFC 3550 A.1). */
const MAX_DROPOUT = 3000;
/** Runs of padding remembered for late packets; with more in one window the oldest late packets are dropped. */
const SEGMENT_LIMIT = 64;
/** A restart within one connection leaves this many numbers out, so that decoders know of missing frames. */
const RESTART_GAP = 1;

/**
 * Deals the outbound numbers of a source: one line of received numbers after another is laid end to end.
 *
 * The invariant, by construction: **no outbound number is given twice**, whatever the sender does. Numbers given are remembered
 * over the window in which a late packet may still ask for one, and nothing older is placed. SRTP depends on it: one number is
 * one nonce.
 *
 * Within a line the outbound number is the received one plus an offset, so that reordered and lost packets look to a viewer as
 * they did to the server. A packet without payload (Chromium probes for bandwidth with padding) takes no number: from the next
 * one on the offset is one less, and earlier packets that come late keep the offset of their time. Padding that itself comes late,
 * after its successors were placed, leaves its number unused: the gap is harmless, closing it would give a number twice.
 */
export class SequenceLine {
	/** About the number placed last: it is the highest of its line so far; it opened a line. */
	newest = false;
	opened = false;

	/** The highest outbound number given or passed over. */
	#top: number;
	#highestInput = 0;
	/** Where RFC 3550 A.1 expects the second packet of a restart. */
	#restartAt = -1;
	/** Outbound numbers given, each in the slot of its remainder. */
	readonly #given = new Float64Array(LATE_WINDOW).fill(REFUSED);
	/** From this received number on, this offset. The ring holds `#segments`, the last written at `#segment`. */
	readonly #from = new Float64Array(SEGMENT_LIMIT);
	readonly #offset = new Float64Array(SEGMENT_LIMIT);
	#segment = 0;
	#segments = 0;

	constructor(firstSequence: number) {
		this.#top = firstSequence - 1;
	}

	/** Begins a line with a received number of any value; it gets the next outbound number. */
	open(sequence: number): number {
		return this.#openAfter(sequence, 0);
	}

	/**
	 * The outbound number for a received one of the open line, unwrapped.
	 *
	 * @param hasPayload false for a packet that is not forwarded and must leave no gap
	 * @returns the number, or {@link REFUSED}
	 */
	place(sequence: number, hasPayload: boolean): number {
		const input = unwrap16(this.#highestInput, sequence);
		const ahead = input - this.#highestInput;
		if (ahead > MAX_DROPOUT || ahead < -LATE_WINDOW) return this.#restart(sequence, hasPayload);
		this.#restartAt = -1;
		this.opened = false;
		if (ahead <= 0) return hasPayload ? this.#placeLate(input) : REFUSED;

		this.#highestInput = input;
		if (!hasPayload) return this.#passOver(input);
		this.newest = true;
		return this.#give(input + this.#currentOffset());
	}

	/** From the number placed last on, nothing earlier is placed any more. */
	forgetEarlier(): void {
		const offset = this.#currentOffset();
		this.#segments = 0;
		this.#addSegment(this.#highestInput, offset);
	}

	#openAfter(sequence: number, gap: number): number {
		this.#highestInput = firstExtended16(sequence);
		const first = this.#top + 1 + gap;
		this.#segments = 0;
		this.#addSegment(this.#highestInput, first - this.#highestInput);
		this.#restartAt = -1;
		this.newest = true;
		this.opened = true;
		return this.#give(first);
	}

	/** RFC 3550 A.1: a leap counts once a second packet follows right behind; a single stray one is dropped. */
	#restart(sequence: number, hasPayload: boolean): number {
		if (sequence === this.#restartAt && hasPayload) return this.#openAfter(sequence, RESTART_GAP);
		this.#restartAt = add16(sequence, 1);
		return REFUSED;
	}

	#placeLate(input: number): number {
		this.newest = false;
		for (let age = 0; age < this.#segments; age++) {
			const slot = (this.#segment - age + SEGMENT_LIMIT) % SEGMENT_LIMIT;
			if (input < (this.#from[slot] ?? 0)) continue;
			const output = input + (this.#offset[slot] ?? 0);
			if (output > this.#top || output <= this.#top - LATE_WINDOW) return REFUSED;
			return this.#given[output % LATE_WINDOW] === output ? REFUSED : this.#give(output);
		}
		return REFUSED;
	}

	#passOver(input: number): number {
		const offset = this.#currentOffset() - 1;
		this.#top = input + offset;
		if (this.#from[this.#segment] === input) {
			// Padding right behind padding: one run, one segment.
			this.#from[this.#segment] = input + 1;
			this.#offset[this.#segment] = offset;
		} else {
			this.#addSegment(input + 1, offset);
		}
		return REFUSED;
	}

	#give(output: number): number {
		if (output > this.#top) this.#top = output;
		this.#given[output % LATE_WINDOW] = output;
		return output;
	}

	#currentOffset(): number {
		return this.#offset[this.#segment] ?? 0;
	}

	#addSegment(from: number, offset: number): void {
		this.#segment = (this.#segment + 1) % SEGMENT_LIMIT;
		this.#from[this.#segment] = from;
		this.#offset[this.#segment] = offset;
		if (this.#segments < SEGMENT_LIMIT) this.#segments++;
	}
}
