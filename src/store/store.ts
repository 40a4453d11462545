import type { HelpRequest, NewRequest, RequestSignal, Target } from '../registry/help-request.ts';
import type { Listing } from '../registry/listing.ts';
import type { CancelOutcome, CompleteOutcome, GiveHelpOutcome, HelpOutcome, RequestCounts } from '../registry/request-book.ts';

/**
 * Where requests and acknowledgments live. Each call is atomic: of two helpers at once exactly one takes a request. The rules are
 * those of `RequestBook`; an engine keeps them whatever it stores in. Times are Unix milliseconds. A call rejects only when the
 * engine itself fails.
 */
export interface Store {
	/** Opens a request. Resolved means kept: only then may the caller hear of it. */
	help(input: NewRequest, nowMs: number): Promise<HelpOutcome>;
	listen(nowMs: number): Promise<Listing | undefined>;
	giveHelp(target: Target, helper: string, nowMs: number): Promise<GiveHelpOutcome>;
	complete(target: Target, helper: string, nowMs: number): Promise<CompleteOutcome>;
	cancel(target: Target, reason: string | undefined, nowMs: number): Promise<CancelOutcome>;
	/** The newest live request of a name, or the live one of a room. */
	find(target: Target): Promise<HelpRequest | undefined>;
	/** Keeps the signal of a room's live request; nothing where there is none. It goes with the request, and need not outlive the process. */
	setSignal(roomId: string, signal: RequestSignal): Promise<void>;
	counts(): Promise<RequestCounts>;
	/** Whether calls can be served now. */
	ready(): boolean;
	/** Harmless to call twice. */
	close(): Promise<void>;
}
