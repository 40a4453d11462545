/**
 * The life of one request as pure functions: a record in, the next record and its event out, or the reason why not. A SQL engine
 * can run each as one conditional update (`… WHERE room_id = ? AND status = 'open'`) and append the event beside it.
 */
import type { HelpRequest, NewRequest, RequestEvent, RequestSignal } from './help-request.ts';

/** A record that moved, and what to append. */
export interface Transition {
	readonly request: HelpRequest;
	readonly event: RequestEvent;
}

export function openRequest(input: NewRequest, sequence: number, nowMs: number): Transition {
	return {
		request: {
			roomId: input.roomId,
			streamId: input.streamId,
			name: input.name,
			zone: input.zone,
			mobile: input.mobile,
			suspect: input.suspect,
			sequence,
			createdAtMs: nowMs,
			status: 'open',
			signal: { state: 'idle', sinceMs: nowMs },
		},
		event: { type: 'opened', roomId: input.roomId, atMs: nowMs },
	};
}

/**
 * Gives an open request its helper. Undefined when it is not open: who took it decides what that means (the same helper again is
 * a repetition, anybody else has won).
 */
export function takeRequest(request: HelpRequest, helper: string, nowMs: number): Transition | undefined {
	if (request.status !== 'open') return undefined;
	return {
		request: { ...request, status: 'taken', helper, takenAtMs: nowMs },
		event: { type: 'taken', roomId: request.roomId, atMs: nowMs, helper },
	};
}

/** Ends a request as helped: one that is open, or one that this helper took. Undefined when somebody else took it or it is over. */
export function completeRequest(request: HelpRequest, helper: string, nowMs: number): Transition | undefined {
	const mayEnd = request.status === 'open' || (request.status === 'taken' && request.helper === helper);
	if (!mayEnd) return undefined;
	return {
		request: { ...request, status: 'completed', helper, endedAtMs: nowMs },
		event: { type: 'completed', roomId: request.roomId, atMs: nowMs, helper },
	};
}

/** The victim is safe: ends a request whoever took it. Undefined when it is over already. */
export function cancelRequest(request: HelpRequest, reason: string | undefined, nowMs: number): Transition | undefined {
	if (!isLive(request)) return undefined;
	return {
		request: { ...request, status: 'cancelled', endedAtMs: nowMs },
		event: { type: 'cancelled', roomId: request.roomId, atMs: nowMs, ...(reason === undefined ? {} : { reason }) },
	};
}

/** Undefined when the request is over or the state is no news. */
export function changeSignal(request: HelpRequest, signal: RequestSignal): HelpRequest | undefined {
	return isLive(request) && request.signal.state !== signal.state ? { ...request, signal } : undefined;
}

/** Gives a request up because too many are held (see `LIVE_REQUESTS_MAX`). */
export function dropRequest(request: HelpRequest, nowMs: number): Transition {
	return {
		request: { ...request, status: 'cancelled', endedAtMs: nowMs },
		event: { type: 'dropped', roomId: request.roomId, atMs: nowMs },
	};
}

/** Neither completed nor cancelled. */
export function isLive(request: HelpRequest): boolean {
	return request.status === 'open' || request.status === 'taken';
}
