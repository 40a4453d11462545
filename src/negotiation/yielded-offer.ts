import type { IceCredentials } from './media-description.ts';
import type { NumberBook } from './number-book.ts';
import type { Section } from './section.ts';

/** An offer of this server, the credentials it carries and the book its numbers come from. */
export interface OutstandingOffer {
	readonly sections: readonly Section[];
	readonly ice: IceCredentials;
	readonly book: NumberBook;
}

/** An offer of this server that gave way to the client's own (glare), while the client may still answer it. */
export interface YieldedOffer extends OutstandingOffer {
	/** From the client's offer. */
	readonly clientUfrag: string | undefined;
	readonly untilMs: number;
}

/** How long an answer to a yielded offer may still count: as long as a slow phone takes for getUserMedia's consent to settle. */
export const yieldedOfferMs = 10_000;

/**
 * Which description did the client keep? A browser that rolled its own offer back answers ours, under a new ufrag; one that kept its
 * own has sent checks under that offer's ufrag. Agents with one ufrag for life (libdatachannel) show nothing by their checks, but
 * an answer with that very ufrag can only come from one that rolled back.
 */
export function acceptsAnswer(
	offer: YieldedOffer,
	answerUfrag: string | undefined,
	checkedUfrags: ReadonlySet<string>,
	nowMs: number,
): boolean {
	if (nowMs > offer.untilMs) return false;
	return offer.clientUfrag === undefined || offer.clientUfrag === answerUfrag || !checkedUfrags.has(offer.clientUfrag);
}
