/**
 * One request for help, as one row would hold it: every transition changes one record and nothing else. Records are never
 * changed in place; a transition makes the next one.
 */
export interface HelpRequest {
	readonly roomId: string;
	/** Lower-case hex SHA-256 of the room id. */
	readonly streamId: string;
	readonly name: string;
	readonly zone: string;
	readonly mobile: string;
	/** Came beyond the rate of its address: accepted all the same, and listed last. */
	readonly suspect: boolean;
	/** Order of arrival, unique; "newest" means the largest. Timestamps may tie, this never does. */
	readonly sequence: number;
	/** Unix milliseconds, as are all times here. */
	readonly createdAtMs: number;
	readonly status: RequestStatus;
	/** Set from `taken` on. */
	readonly helper?: string;
	readonly takenAtMs?: number;
	readonly endedAtMs?: number;
	readonly signal: RequestSignal;
}

/** Whether the victim's picture or sound comes. `idle`: none has come yet. */
export type SignalState = 'idle' | 'live' | 'lost';

export interface RequestSignal {
	readonly state: SignalState;
	/** Of an idle one when the request was opened, of a lost one when the last packet came. */
	readonly sinceMs: number;
}

/** `open` → `taken` (on the wire: `closed`) → `completed`; `open` or `taken` → `cancelled`; `open` → `completed`. */
export type RequestStatus = 'open' | 'taken' | 'completed' | 'cancelled';

/**
 * What happened to a request. Appended, never changed: the record is what the events of its room add up to, but for its signal, which comes and
 * goes with the network, and of which only the present matters.
 */
export interface RequestEvent {
	readonly type: 'opened' | 'taken' | 'completed' | 'cancelled' | 'dropped';
	readonly roomId: string;
	readonly atMs: number;
	readonly helper?: string;
	readonly reason?: string;
}

/** Which request a call means: one by its room, or whatever the rules choose among those of a name. A room wins over a name. */
export type Target = { readonly roomId: string } | { readonly name: string };

/** What the caller of `help` says; the registry adds order, time and status. */
export interface NewRequest {
	readonly roomId: string;
	readonly streamId: string;
	readonly name: string;
	readonly zone: string;
	readonly mobile: string;
	readonly suspect: boolean;
}
