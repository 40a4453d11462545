/** A feed counts as lost after this long without a packet of either kind. When people are told of it is the room's. */
export const LOST_AFTER_MS = 2000;

/**
 * Tells when a publication's feed stops and comes back, picture and sound together. Each change is told once.
 */
export class PublicationLiveness {
	/** When `tick` has something to do next; Infinity while nothing feeds the publication or it is lost already. */
	nextMs = Number.POSITIVE_INFINITY;

	#lastPacketMs = Number.NEGATIVE_INFINITY;
	#state: 'unfed' | 'live' | 'lost' = 'unfed';

	get live(): boolean {
		return this.#state === 'live';
	}

	/** How long ago the last packet came; Infinity before the first. */
	silentMs(nowMs: number): number {
		return nowMs - this.#lastPacketMs;
	}

	/** An authenticated packet of either kind arrived. True when the publication is back from being lost. */
	packet(nowMs: number): boolean {
		const back = this.#state === 'lost';
		this.#state = 'live';
		this.#lastPacketMs = nowMs;
		this.nextMs = nowMs + LOST_AFTER_MS;
		return back;
	}

	/** True when the publication has just been lost. */
	tick(nowMs: number): boolean {
		return nowMs >= this.nextMs && this.feedClosed();
	}

	/** The connection that fed it is gone. True when that is what loses the publication. */
	feedClosed(): boolean {
		this.nextMs = Number.POSITIVE_INFINITY;
		if (this.#state !== 'live') return false;
		this.#state = 'lost';
		return true;
	}
}
