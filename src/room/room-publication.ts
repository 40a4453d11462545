import type { Publication } from '../negotiation/media-description.ts';
import type { SignalState } from '../registry/help-request.ts';
import type { CodecName, MediaKind } from '../rtp/codecs.ts';

/** A publication with the state of its signal, as the engine reports it. */
export class RoomPublication {
	readonly publication: Publication;
	/** The codec of each kind that was last seen. */
	readonly codecs = new Map<MediaKind, CodecName>();
	/** The peer that feeds it. */
	feederId: string | undefined;
	/** It begins `idle`: nobody misses what never was. */
	#signal: SignalState = 'idle';
	#lostSince: number | undefined;
	#cancelLoss: (() => void) | undefined;

	constructor(publication: Publication) {
		this.publication = publication;
	}

	/** Unix seconds, undefined: it is not lost. */
	get lostSince(): number | undefined {
		return this.#lostSince;
	}

	/** Packets flow. Returns the state before. */
	present(): SignalState {
		this.forgetLoss();
		const before = this.#signal;
		this.#signal = 'live';
		this.#lostSince = undefined;
		return before;
	}

	/** Packets have ceased; `arm` sets the timer that tells of it. Does nothing where that is no news. */
	missing(arm: () => () => void): void {
		if (this.#signal === 'live') this.#cancelLoss ??= arm();
	}

	/** They have not come back in time. */
	lost(unixSeconds: number): void {
		this.#cancelLoss = undefined;
		this.#signal = 'lost';
		this.#lostSince = unixSeconds;
	}

	/** Nobody is to be told any more. */
	forgetLoss(): void {
		this.#cancelLoss?.();
		this.#cancelLoss = undefined;
	}
}
