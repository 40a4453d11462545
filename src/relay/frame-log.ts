import { difference32 } from '../rtp/sequence.ts';

/**
 * Frames remembered for packets that come late or are sent again: as long as the packet cache of a picture reaches, ten seconds, at 50 frames
 * a second. 4.5 KiB.
 */
const FRAMES = 512;

/** What was decided about one frame. */
export interface FrameDecision {
	admitted: boolean;
	/** The highest layer that was let through at the time. */
	ceiling: number;
	/** Pictures, and pictures of the base layer, left out up to and with this one. */
	pictures: number;
	tl0Pictures: number;
}

/** The latest frames of a source and what a viewer was sent of them, by their timestamp (all packets of a frame have the same). */
export class FrameLog {
	/** Of the frame that is latest by its timestamp. */
	newestTimestamp = 0;
	size = 0;

	readonly #timestamps = new Uint32Array(FRAMES);
	readonly #admitted = new Uint8Array(FRAMES);
	readonly #ceilings = new Int8Array(FRAMES);
	readonly #pictures = new Uint16Array(FRAMES);
	readonly #tl0Pictures = new Uint8Array(FRAMES);
	#last = 0;

	/** Whether older frames than those remembered were decided about, and forgotten. */
	get full(): boolean {
		return this.size === FRAMES;
	}

	add(timestamp: number, decision: FrameDecision): void {
		if (this.size === 0 || difference32(this.newestTimestamp, timestamp) > 0) this.newestTimestamp = timestamp;
		this.#last = (this.#last + 1) % FRAMES;
		if (this.size < FRAMES) this.size++;
		this.#timestamps[this.#last] = timestamp;
		this.#admitted[this.#last] = decision.admitted ? 1 : 0;
		this.#ceilings[this.#last] = decision.ceiling;
		this.#pictures[this.#last] = decision.pictures;
		this.#tl0Pictures[this.#last] = decision.tl0Pictures;
	}

	clear(): void {
		this.size = 0;
	}

	/** Fills in what was decided about this frame; false when nothing was, or it is forgotten. */
	find(timestamp: number, into: FrameDecision): boolean {
		for (let age = 0; age < this.size; age++) {
			const slot = (this.#last - age + FRAMES) % FRAMES;
			if (this.#timestamps[slot] === timestamp) {
				this.#read(slot, into);
				return true;
			}
		}
		return false;
	}

	/** The same of the latest remembered frame that is earlier than this timestamp. */
	findBefore(timestamp: number, into: FrameDecision): boolean {
		let best = -1;
		let least = Number.POSITIVE_INFINITY;
		for (let slot = 0; slot < FRAMES; slot++) {
			const earlier = difference32(this.#timestamps[slot] ?? 0, timestamp);
			if (!this.#holds(slot) || earlier <= 0 || earlier >= least) continue;
			least = earlier;
			best = slot;
		}
		if (best === -1) return false;
		this.#read(best, into);
		return true;
	}

	#holds(slot: number): boolean {
		return (this.#last - slot + FRAMES) % FRAMES < this.size;
	}

	#read(slot: number, into: FrameDecision): void {
		into.admitted = this.#admitted[slot] === 1;
		into.ceiling = this.#ceilings[slot] ?? 0;
		into.pictures = this.#pictures[slot] ?? 0;
		into.tl0Pictures = this.#tl0Pictures[slot] ?? 0;
	}
}
