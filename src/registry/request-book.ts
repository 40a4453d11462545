/**
 * All live requests and the rules of choosing among them, as a pure state machine: time comes in, typed outcomes and events come
 * out. Ended requests leave at once: nothing on the wire speaks of them, so a history is the business of whoever keeps the events.
 */
import type { HelpRequest, NewRequest, RequestEvent, RequestSignal, Target } from './help-request.ts';
import { type ListedRequest, type Listing, OTHERS_MAX, type Rank, rankOf } from './listing.ts';
import { LiveRequest, NameShelf, type Shelf } from './live-request.ts';
import { QueueList } from './queue-list.ts';
import {
	cancelRequest,
	changeSignal,
	completeRequest,
	dropRequest,
	isLive,
	openRequest,
	type Transition,
	takeRequest,
} from './request-transitions.ts';

/**
 * Live requests held at most. `help` is never refused for load; past this number the one that will be missed least makes room:
 * the oldest suspect, else the oldest stale, else the oldest taken, else the oldest open. So many take about 100 MB here, and each
 * has a room beside it.
 */
export const LIVE_REQUESTS_MAX = 100_000;

export interface HelpOutcome {
	readonly request: HelpRequest;
	/** What had to make room; its session is over. */
	readonly dropped: HelpRequest | undefined;
}

export type GiveHelpOutcome =
	| { readonly outcome: 'taken'; readonly request: HelpRequest; readonly repeated: boolean }
	| { readonly outcome: 'taken-by-other'; readonly helper: string }
	| { readonly outcome: 'none-open' };

export type CompleteOutcome =
	| { readonly outcome: 'completed'; readonly request: HelpRequest }
	| { readonly outcome: 'taken-by-other'; readonly helper: string }
	| { readonly outcome: 'nothing' };

export type CancelOutcome = { readonly outcome: 'cancelled'; readonly request: HelpRequest } | { readonly outcome: 'nothing' };

/** How many live requests there are, by what `listen` calls them. */
export interface RequestCounts {
	readonly open: number;
	readonly taken: number;
}

export class RequestBook {
	readonly #liveMax: number;
	readonly #onEvent: (event: RequestEvent) => void;
	readonly #byRoom = new Map<string, LiveRequest>();
	readonly #byName = new Map<string, NameShelf>();
	readonly #ranks: Readonly<Record<Rank, Shelf>> = { fresh: new QueueList(), stale: new QueueList(), suspect: new QueueList() };
	readonly #taken: Shelf = new QueueList();
	#lastSequence = 0;

	constructor(options: { readonly liveMax?: number; readonly onEvent?: (event: RequestEvent) => void } = {}) {
		this.#liveMax = options.liveMax ?? LIVE_REQUESTS_MAX;
		this.#onEvent = options.onEvent ?? (() => {});
	}

	/** Opens a request. Its room id must be new: the caller makes it at random. */
	help(input: NewRequest, nowMs: number): HelpOutcome {
		if (this.#byRoom.has(input.roomId)) throw new Error('a room id was used twice');
		const dropped = this.#makeRoom(nowMs);
		const opened = openRequest(input, ++this.#lastSequence, nowMs);
		this.#add(opened.request);
		this.#onEvent(opened.event);
		return { request: opened.request, dropped };
	}

	/** The open requests in the order of `listing.ts`; undefined when none is open. */
	listen(nowMs: number): Listing | undefined {
		this.#moveStale(nowMs);
		const { fresh, stale, suspect } = this.#ranks;
		const mainShelf = [fresh, stale, suspect].find((shelf) => shelf.size > 0);
		const main = mainShelf?.newest;
		if (main === undefined) return undefined;
		const others: ListedRequest[] = [];
		for (const rank of ['fresh', 'stale', 'suspect'] as const) {
			if (others.length === OTHERS_MAX) break;
			for (const entry of this.#ranks[rank].oldestFirst()) {
				if (entry === main) continue;
				others.push({ request: entry.request, rank });
				if (others.length === OTHERS_MAX) break;
			}
		}
		return { main: { request: main.request, rank: rankOf(main.request, nowMs) }, others, openCount: this.#openCount() };
	}

	/** Takes the newest open request of a name, or the one of a room. Of two helpers at once exactly one wins. */
	giveHelp(target: Target, helper: string, nowMs: number): GiveHelpOutcome {
		const open = this.#newestOpen(target);
		const taken = open === undefined ? undefined : takeRequest(open.request, helper, nowMs);
		if (open !== undefined && taken !== undefined) {
			this.#apply(open, taken);
			return { outcome: 'taken', request: taken.request, repeated: false };
		}
		const newest = this.#newestLive(target)?.request;
		if (newest?.helper === undefined) return { outcome: 'none-open' };
		if (newest.helper === helper) return { outcome: 'taken', request: newest, repeated: true };
		return { outcome: 'taken-by-other', helper: newest.helper };
	}

	/** The newest live request of a name, or the live one of a room. */
	find(target: Target): HelpRequest | undefined {
		return this.#newestLive(target)?.request;
	}

	/** Ends the newest request that this helper took, else the newest still open. One that somebody else took is left alone. */
	complete(target: Target, helper: string, nowMs: number): CompleteOutcome {
		const entry = this.#newestTakenBy(target, helper) ?? this.#newestOpen(target);
		const completed = entry === undefined ? undefined : completeRequest(entry.request, helper, nowMs);
		if (entry !== undefined && completed !== undefined) {
			this.#apply(entry, completed);
			return { outcome: 'completed', request: completed.request };
		}
		const other = this.#newestLive(target)?.request.helper;
		return other === undefined ? { outcome: 'nothing' } : { outcome: 'taken-by-other', helper: other };
	}

	/** Ends the newest live request of a name, or the one of a room, whoever took it. */
	cancel(target: Target, reason: string | undefined, nowMs: number): CancelOutcome {
		const entry = this.#newestLive(target);
		const cancelled = entry === undefined ? undefined : cancelRequest(entry.request, reason, nowMs);
		if (entry === undefined || cancelled === undefined) return { outcome: 'nothing' };
		this.#apply(entry, cancelled);
		return { outcome: 'cancelled', request: cancelled.request };
	}

	/** What is known now of the signal of a room's request. Nothing where there is none. */
	setSignal(roomId: string, signal: RequestSignal): void {
		const entry = this.#byRoom.get(roomId);
		const changed = entry && changeSignal(entry.request, signal);
		if (changed !== undefined) entry?.update(changed);
	}

	counts(): RequestCounts {
		return { open: this.#openCount(), taken: this.#taken.size };
	}

	/** Entries in all indexes; 0 when nothing is live. */
	get held(): number {
		return this.#byRoom.size + this.#byName.size + this.#openCount() + this.#taken.size;
	}

	#openCount(): number {
		return this.#ranks.fresh.size + this.#ranks.stale.size + this.#ranks.suspect.size;
	}

	#newestOpen(target: Target): LiveRequest | undefined {
		if ('name' in target) return this.#byName.get(target.name)?.open.newest;
		const entry = this.#byRoom.get(target.roomId);
		return entry?.request.status === 'open' ? entry : undefined;
	}

	#newestTakenBy(target: Target, helper: string): LiveRequest | undefined {
		if ('name' in target) return this.#byName.get(target.name)?.taken.get(helper)?.newest;
		const entry = this.#byRoom.get(target.roomId);
		return entry?.request.helper === helper ? entry : undefined;
	}

	#newestLive(target: Target): LiveRequest | undefined {
		return 'name' in target ? this.#byName.get(target.name)?.live.newest : this.#byRoom.get(target.roomId);
	}

	#add(request: HelpRequest): void {
		let name = this.#byName.get(request.name);
		if (name === undefined) {
			name = new NameShelf();
			this.#byName.set(request.name, name);
		}
		// Staleness comes with time alone, so a request that opens now is fresh or suspect.
		const shelf = request.suspect ? this.#ranks.suspect : this.#ranks.fresh;
		this.#byRoom.set(request.roomId, new LiveRequest(request, shelf, name));
	}

	#apply(entry: LiveRequest, { request, event }: Transition): void {
		if (request.status === 'taken' && request.helper !== undefined) {
			entry.take(request, request.helper, this.#taken);
		} else if (!isLive(request)) {
			entry.leave();
			this.#byRoom.delete(request.roomId);
			if (entry.name.live.size === 0) this.#byName.delete(request.name);
		}
		this.#onEvent(event);
	}

	/** Fresh requests age in order of arrival, so those that turned stale are always the oldest: each moves once. */
	#moveStale(nowMs: number): void {
		const { fresh, stale } = this.#ranks;
		for (let entry = fresh.oldest; entry !== undefined && rankOf(entry.request, nowMs) === 'stale'; entry = fresh.oldest) {
			entry.moveTo(stale);
		}
	}

	#makeRoom(nowMs: number): HelpRequest | undefined {
		if (this.#byRoom.size < this.#liveMax) return undefined;
		this.#moveStale(nowMs);
		const { fresh, stale, suspect } = this.#ranks;
		const least = suspect.oldest ?? stale.oldest ?? this.#taken.oldest ?? fresh.oldest;
		if (least === undefined) return undefined;
		const dropped = dropRequest(least.request, nowMs);
		this.#apply(least, dropped);
		return dropped.request;
	}
}
