/** Where a sequence number ends and the roll-over counter begins (RFC 3711 3.3.1). */
const CYCLE = 0x10000;
/**
 * A receiver takes the first packet that reaches it for roll-over 0. As many packets as this may be lost before that one, or come
 * as the burst of a join, without the counters of the two sides parting: a minute of speech, ten seconds of video at 4 Mbit/s.
 */
const WRAP_MARGIN = 4096;
/**
 * A pause in sending may hide this many numbers at most. A receiver follows leaps below 2^15 (RFC 3711 3.3.1); the rest is left to
 * real loss on either side of the pause.
 */
const MAX_GAP = 4096;
/** After a longer pause the numbers go on with one left out, so that the decoder knows of missing frames. */
const GAP_KEPT = 1;

/**
 * One viewer's place in a source: which sequence number and roll-over counter each packet has on its transport.
 *
 * Invariants, as long as there is one sink for each SRTP key and SSRC **for the life of the key** (a section that pauses and comes
 * back keeps its sink, because the receiver keeps its counter):
 * - no two different packets share an index, and the same packet always gets the same one, or none;
 * - a receiver that starts at roll-over 0 (RFC 3711 3.3.1) with any of the first 4,096 packets knows the right index.
 *
 * Most viewers see the source's own numbers. Two kinds have numbers of their own: who joins just before the wrap, and who was not
 * sent to for long. Packets earlier than the first, or than the end of such a pause, are not sent.
 */
export class Sink {
	/** Sequence number, 0–65535, and roll-over counter of the packet last placed. */
	sequence = 0;
	rollover = 0;

	#started = false;
	/** The earliest packet that may be sent. */
	#floor = 0;
	#highest = 0;
	/** Index = extended sequence + this. */
	#offset = 0;

	/** Fills `sequence` and `rollover` for one packet of the source. False: it is not to be sent to this viewer. */
	place(extendedSequence: number): boolean {
		if (!this.#started) this.#start(extendedSequence);
		else if (extendedSequence < this.#floor) return false;
		else if (extendedSequence > this.#highest) {
			if (extendedSequence - this.#highest > MAX_GAP) this.#resume(extendedSequence);
			this.#highest = extendedSequence;
		}
		const index = extendedSequence + this.#offset;
		this.sequence = index % CYCLE;
		this.rollover = Math.floor(index / CYCLE);
		return true;
	}

	#start(extendedSequence: number): void {
		const sequence = extendedSequence % CYCLE;
		this.#started = true;
		this.#highest = extendedSequence;
		// Near the wrap the viewer's own numbers start at 0, as far from the next wrap as can be.
		this.#renumber(extendedSequence, sequence < CYCLE - WRAP_MARGIN ? sequence : 0);
	}

	#resume(extendedSequence: number): void {
		this.#renumber(extendedSequence, this.#highest + this.#offset + 1 + GAP_KEPT);
	}

	#renumber(extendedSequence: number, index: number): void {
		this.#floor = extendedSequence;
		this.#offset = index - extendedSequence;
	}
}
