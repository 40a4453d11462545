import { isObject, textOf } from './json.ts';

/** Whether a caller's picture or sound comes, as the server's lists say. */
export interface Signal {
	readonly state: 'idle' | 'live' | 'lost';
	/** Unix seconds of the server. */
	readonly since: number;
}

/** Reads the key `signal` of a request; undefined when there is none that makes sense. */
export function readSignal(value: unknown): Signal | undefined {
	if (!isObject(value)) return undefined;
	const state = textOf(value, 'state');
	const { since } = value;
	if (typeof since !== 'number' || (state !== 'idle' && state !== 'live' && state !== 'lost')) return undefined;
	return { state, since };
}

/** How it reads on a card. @param nowS Unix seconds of the server */
export function signalText({ state, since }: Signal, nowS: number): string {
	if (state === 'idle') return 'No signal yet';
	return state === 'live' ? 'Live signal' : `Signal lost ${agoText(since, nowS)}`;
}

/** `12 s ago`, `3 min ago`, `2 h ago`. */
export function agoText(sinceS: number, nowS: number): string {
	const seconds = Math.max(0, Math.floor(nowS - sinceS));
	if (seconds < 60) return `${seconds} s ago`;
	return seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
}
