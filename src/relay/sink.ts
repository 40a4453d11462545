import { distance16 } from '../rtp/sequence.ts';
import { NO_NUMBER, SkippedRuns } from './skipped-runs.ts';

/** Where a sequence number ends and the roll-over counter begins (RFC 3711 3.3.1). */
const CYCLE = 0x10000;
/**
 * A receiver takes the first packet that reaches it for roll-over 0. As many packets as this may be lost before that one, or come
 * as the burst of a join (which the packet cache keeps to half of it), without the counters of the two sides parting: a minute of
 * speech, ten seconds of video at 4 Mbit/s.
 */
export const WRAP_MARGIN = 4096;
/**
 * So many numbers at most may lie between what was sent and what is sent next. A receiver follows leaps below 2^15 (RFC 3711
 * 3.3.1); the rest is left to real loss on either side of the pause.
 */
const MAX_GAP = 4096;
/** After a longer pause the numbers go on with one left out, so that the decoder knows of missing frames. */
const GAP_KEPT = 1;

/**
 * The index (roll-over counter × 65,536 + sequence number) by which a line of packets under a key of its own may begin: the wanted
 * one, or 0, as far from the next wrap as can be, when the wrap is near.
 */
export function firstIndexFor(wantedSequence: number): number {
	return wantedSequence < CYCLE - WRAP_MARGIN ? wantedSequence : 0;
}

/**
 * One viewer's place in a source: which sequence number and roll-over counter each packet has on its transport.
 *
 * Invariants, as long as there is one sink for each SRTP key and SSRC **for the life of the key** (a section that pauses and comes
 * back keeps its sink, because the receiver keeps its counter):
 * - no two different packets share an index;
 * - until {@link startOver} the same packet always gets the same index, or none; after it, only indexes that were never used;
 * - a receiver that starts at roll-over 0 (RFC 3711 3.3.1) with any of the first 4,096 packets knows the right index, and keeps
 *   knowing it over pauses and skips of any length.
 *
 * Most viewers see the source's own numbers. Others have numbers of their own: who joins just before the wrap, who was not sent to
 * for long, who comes back, and who is not sent everything. A packet that is missing keeps its number and gets it when it comes
 * late. At most 13 KiB.
 */
export class Sink {
	/** Sequence number, 0–65535, and roll-over counter of the packet last placed or looked up. */
	sequence = 0;
	rollover = 0;
	/** And its number in the source's line. */
	extendedSequence = 0;
	/** The latest packet of the source that was placed; -1 before the first. */
	newest = -1;

	#started = false;
	#startingOver = false;
	#earliest = 0;
	/** The latest packet placed or skipped. */
	#highest = 0;
	/** The highest index that may have been sent. */
	#used = 0;
	/** Index = number in `#numbers` + this. */
	#offset = 0;
	readonly #numbers = new SkippedRuns();

	/** Fills `sequence` and `rollover` for one packet of the source. False: it is not to be sent to this viewer. */
	place(extendedSequence: number): boolean {
		if (extendedSequence < this.#earliest) return false;
		if (!this.#started) this.#start(extendedSequence);
		else if (this.#startingOver) this.#open(extendedSequence, this.#used + 1);
		const number = this.#numbers.numberOf(extendedSequence);
		if (number === NO_NUMBER) return false;
		if (extendedSequence <= this.#highest) return this.#use(extendedSequence, number + this.#offset);

		if (number + this.#offset - this.#used > MAX_GAP) {
			this.#open(extendedSequence, this.#used + 1 + GAP_KEPT);
			return this.#use(extendedSequence, extendedSequence + this.#offset);
		}
		this.#highest = extendedSequence;
		this.newest = extendedSequence;
		return this.#use(extendedSequence, number + this.#offset);
	}

	/**
	 * Leaves a packet out for this viewer: those after it close up, and nothing seems lost.
	 *
	 * @returns false when that is not possible any more, because later packets were placed and the number is reserved: the packet
	 * should be sent after all, or the viewer will ask for it.
	 */
	skip(extendedSequence: number): boolean {
		if (!this.#started || this.#startingOver) return true;
		if (extendedSequence <= this.#highest) return this.#numbers.numberOf(extendedSequence) === NO_NUMBER;
		this.#numbers.skip(extendedSequence);
		this.#highest = extendedSequence;
		return true;
	}

	/**
	 * The next packet placed, even if it was sent before, begins anew right behind the last number sent. What lies before it is
	 * neither placed nor found any more. For a viewer whose picture pauses, and before a join burst.
	 *
	 * @param earliest that packet is not one before this
	 */
	startOver(earliest = 0): void {
		this.#startingOver = this.#started;
		this.#earliest = earliest;
	}

	/**
	 * Finds the packet that this viewer knows by a sequence number, and fills `extendedSequence`, `sequence` and `rollover`. The
	 * packet may then be sent under them.
	 */
	lookup(sequence: number): boolean {
		if (!this.#started || this.#startingOver) return false;
		const top = this.#highest - this.#numbers.total + this.#offset;
		const back = distance16(top % CYCLE, sequence);
		if (back > 0) return false;
		const index = top + back;
		const extendedSequence = this.#numbers.packetOf(index - this.#offset);
		return extendedSequence !== NO_NUMBER && this.#use(extendedSequence, index);
	}

	#start(extendedSequence: number): void {
		const index = firstIndexFor(extendedSequence % CYCLE);
		this.#started = true;
		this.#used = index - 1;
		this.#open(extendedSequence, index);
	}

	#open(extendedSequence: number, index: number): void {
		this.newest = extendedSequence;
		this.#startingOver = false;
		this.#numbers.reset(extendedSequence);
		this.#offset = index - extendedSequence;
		this.#highest = extendedSequence;
	}

	#use(extendedSequence: number, index: number): boolean {
		// Skipped packets around missing ones can take the numbers out of the receiver's reach.
		if (index - this.#used > MAX_GAP) return false;
		if (index > this.#used) this.#used = index;
		this.extendedSequence = extendedSequence;
		this.sequence = index % CYCLE;
		this.rollover = Math.floor(index / CYCLE);
		return true;
	}
}
