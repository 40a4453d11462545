import type { Publication } from '../negotiation/media-description.ts';
import type { CodecName, MediaKind } from '../rtp/codecs.ts';

/** What is known of a publication's signal. It begins `idle`: nobody misses what never was. */
export type Signal = 'idle' | 'live' | 'lost';

/** A publication with the state of its signal, as the engine reports it. */
export class RoomPublication {
	readonly publication: Publication;
	/** The codec of each kind that was last seen. */
	readonly codecs = new Map<MediaKind, CodecName>();
	/** The peer that feeds it. */
	feederId: string | undefined;
	#signal: Signal = 'idle';
	#lostSince: number | undefined;

	constructor(publication: Publication) {
		this.publication = publication;
	}

	/** Unix seconds, undefined: it is not lost. */
	get lostSince(): number | undefined {
		return this.#lostSince;
	}

	/** Packets flow. Returns true when that ends a loss. */
	present(): boolean {
		const wasLost = this.#signal === 'lost';
		this.#signal = 'live';
		this.#lostSince = undefined;
		return wasLost;
	}

	/** Packets have ceased. Returns true when that is news. */
	lost(unixSeconds: number): boolean {
		if (this.#signal !== 'live') return false;
		this.#signal = 'lost';
		this.#lostSince = unixSeconds;
		return true;
	}
}
