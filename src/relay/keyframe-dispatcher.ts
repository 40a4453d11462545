/** A broadcaster makes at most two keyframes a second, however many viewers ask: each costs as much as a second of picture. */
export const KEYFRAME_SPACING_MS = 500;
export const DEFAULT_KEYFRAME_INTERVAL_MS = 3000;

/**
 * Decides when a video source is asked for a keyframe (PLI, RFC 4585 6.3.1). Requests of all viewers are merged; one made within
 * 500 ms of the last sent waits for its end. Without requests one goes out every interval, so that a viewer who lost the picture
 * without noticing sees it again.
 *
 * A keyframe that starts after a request was made answers it, whoever asked: the waiting request is dropped. One that had started
 * before does not, since the viewer may have missed its beginning.
 *
 * `request`, `attach` and `tick` answer true when a PLI must be sent now.
 */
export class KeyframeDispatcher {
	/** When `tick` has something to do next; Infinity when nothing is planned. */
	nextMs = Number.POSITIVE_INFINITY;

	readonly #intervalMs: number;
	#attached = false;
	#pending = false;
	#lastSentMs = Number.NEGATIVE_INFINITY;

	/** @param intervalMs time between unasked requests; 0: on demand only */
	constructor(intervalMs: number = DEFAULT_KEYFRAME_INTERVAL_MS) {
		this.#intervalMs = intervalMs > 0 ? intervalMs : Number.POSITIVE_INFINITY;
	}

	/** A broadcaster feeds the source, for the first time or in another's place: its picture starts with a keyframe. */
	attach(nowMs: number): boolean {
		this.#attached = true;
		return this.request(nowMs);
	}

	/** Nobody feeds the source any more: nothing is sent until the next `attach`, and what viewers wanted is moot. */
	detach(): void {
		this.#attached = false;
		this.#pending = false;
		this.nextMs = Number.POSITIVE_INFINITY;
	}

	/** A viewer joined, its tracks changed, or it sent PLI or FIR. */
	request(nowMs: number): boolean {
		if (!this.#attached) return false;
		this.#pending = true;
		return this.tick(nowMs);
	}

	/** The first packet of a keyframe arrived from the broadcaster. */
	keyframeStarted(): void {
		this.#pending = false;
		this.#plan();
	}

	tick(nowMs: number): boolean {
		if (!this.#attached) return false;
		this.#plan();
		if (nowMs < this.nextMs) return false;
		this.#lastSentMs = nowMs;
		this.#pending = false;
		this.#plan();
		return true;
	}

	#plan(): void {
		if (!this.#attached) return;
		this.nextMs = this.#lastSentMs + (this.#pending ? KEYFRAME_SPACING_MS : this.#intervalMs);
	}
}
