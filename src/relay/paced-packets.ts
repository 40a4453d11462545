/** A keyframe of 600 KB; a camera's largest is a third of it. */
export const MAX_PACED_PACKETS = 512;
/** In {@link PacedPackets.next}: nothing is due. */
export const NOT_YET = -1;

/** What was due while nobody asked (between two ticks of the engine) may be made up for, so much of it and no more. */
const CATCH_UP_MS = 50;

/**
 * Packets of a source that one viewer is sent at a pace: the keyframes of a viewer whose link takes nothing else. Sent at once they would
 * fill the queue of the link for seconds, and sound would stand behind them. 4 KiB, made with the first packet.
 */
export class PacedPackets {
	#numbers: Float64Array | undefined;
	#first = 0;
	#count = 0;
	#dueMs = Number.NEGATIVE_INFINITY;

	get empty(): boolean {
		return this.#count === 0;
	}

	/** Takes a packet by its number in the source's line. False: there are too many, it is to be sent at once or not at all. */
	add(extendedSequence: number): boolean {
		if (this.#count === MAX_PACED_PACKETS) return false;
		this.#numbers ??= new Float64Array(MAX_PACED_PACKETS);
		this.#numbers[(this.#first + this.#count) % MAX_PACED_PACKETS] = extendedSequence;
		this.#count++;
		return true;
	}

	/** The packet to be sent now, or {@link NOT_YET}; {@link sent} must follow before the next. */
	next(nowMs: number): number {
		if (this.#count === 0 || nowMs < this.#dueMs) return NOT_YET;
		const number = this.#numbers?.[this.#first] ?? NOT_YET;
		this.#first = (this.#first + 1) % MAX_PACED_PACKETS;
		this.#count--;
		return number;
	}

	/** @param paceBps for the packets to come; Infinity: all at once */
	sent(bytes: number, paceBps: number, nowMs: number): void {
		this.#dueMs = Math.max(this.#dueMs, nowMs - CATCH_UP_MS) + (8000 * bytes) / paceBps;
	}

	/** Drops what has not been sent. */
	clear(): void {
		this.#count = 0;
	}
}
