import { isObject, type JsonObject, parseObject, textOf } from './json.ts';
import { followServerClock } from './server-clock.ts';
import { readSignal, type Signal } from './signal.ts';

/** A server that does not answer for this long is treated like a lost network: the caller tries again. */
const answerWithinMs = 10_000;

export interface Answer {
	readonly status: number;
	/** The JSON object answered; undefined for the literal `null` and for anything else. */
	readonly body: JsonObject | undefined;
}

async function ask(path: string, init: RequestInit): Promise<Answer> {
	const response = await fetch(path, { ...init, cache: 'no-store', signal: AbortSignal.timeout(answerWithinMs) });
	followServerClock(response.headers);
	return { status: response.status, body: parseObject(await response.text()) };
}

/** Sends JSON; rejects when the server cannot be reached. */
export async function post(path: string, body: Readonly<Record<string, string>>): Promise<Answer> {
	return await ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

/** Rejects when the server cannot be reached. */
export async function get(path: string): Promise<Answer> {
	return await ask(path, {});
}

/** Whether a room still is there: only a clear "no" of the server says that it is not. */
export async function roomIsThere(roomId: string): Promise<boolean> {
	try {
		return (await get(`/room/${encodeURIComponent(roomId)}`)).status !== 404;
	} catch {
		return true;
	}
}

/** One open request as `listen` shows it. */
export interface Call {
	readonly roomId: string;
	readonly name: string;
	readonly zone: string;
	readonly mobile: string;
	/** Unix seconds. */
	readonly timestamp: number;
	readonly viewerUrl: string;
	readonly signal: Signal | undefined;
}

/** Reads one entry of a `listen` answer; undefined when it names no room. */
export function readCall(entry: unknown): Call | undefined {
	if (!isObject(entry)) return undefined;
	const roomId = textOf(entry, 'roomId');
	const viewerUrl = textOf(entry, 'viewerWebsocketUrl');
	if (roomId === '' || viewerUrl === '') return undefined;
	const { timestamp } = entry;
	return {
		roomId,
		viewerUrl,
		name: textOf(entry, 'name'),
		zone: textOf(entry, 'zone'),
		mobile: textOf(entry, 'mobile'),
		timestamp: typeof timestamp === 'number' ? timestamp : 0,
		signal: readSignal(entry.signal),
	};
}

/** Whether a call goes on, and its signal: `over` only where the server clearly says so. */
export async function askAfter(roomId: string): Promise<Signal | 'over' | undefined> {
	try {
		const { status, body } = await get(`/duress/session_info?roomId=${encodeURIComponent(roomId)}`);
		if (status === 404) return 'over';
		return status === 200 ? readSignal(body?.signal) : undefined;
	} catch {
		return undefined;
	}
}
