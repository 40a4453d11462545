/**
 * What `listen` shows, in which order.
 *
 * Open requests stand in three ranks: fresh ones, then those that nobody took for 12 hours (`stale`), then those that came beyond
 * the rate of their address (`suspect`, however old). A flood from one address can thus never hide anybody else, and yesterday's
 * forgotten request never hides today's. The main answer is the newest of the first rank that has any; the others follow rank by
 * rank, oldest first inside each, because who waits longest is next.
 */
import type { HelpRequest } from './help-request.ts';

/** An open request turns stale after 12 hours: still listed, after the fresh ones. */
export const STALE_AFTER_MS = 12 * 60 * 60 * 1000;

/** How many open requests `listen` shows besides the main one: enough to choose from on a phone, small enough to poll. */
export const OTHERS_MAX = 20;

/** Why a request is not in the first rank. */
export type Rank = 'fresh' | 'stale' | 'suspect';

export interface ListedRequest {
	readonly request: HelpRequest;
	readonly rank: Rank;
}

export interface Listing {
	readonly main: ListedRequest;
	/** At most `OTHERS_MAX`. */
	readonly others: readonly ListedRequest[];
	/** All open requests, the main one and those not shown included. */
	readonly openCount: number;
}

/** The rank of an open request at a time. */
export function rankOf(request: HelpRequest, nowMs: number): Rank {
	if (request.suspect) return 'suspect';
	return nowMs - request.createdAtMs >= STALE_AFTER_MS ? 'stale' : 'fresh';
}
