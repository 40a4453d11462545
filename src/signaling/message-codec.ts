/**
 * Signaling frames: `{"event": string, "data": string}` as JSON text. Output is strict. Input is liberal in what does no harm:
 * extra keys, unknown events, `ice-candidate` as a second name of `candidate`, and no `data` where none is needed.
 */

export type ClientEvent = 'offer' | 'answer' | 'candidate' | 'duress-stop' | 'resume' | 'restart';

export type ParsedFrame =
	| { readonly type: 'message'; readonly event: ClientEvent; readonly data: string }
	/** Well-formed, but of no meaning here: ignored and counted. */
	| { readonly type: 'unknown' }
	/** Not a signaling frame; `error` says why in words for the client. */
	| { readonly type: 'bad'; readonly error: string };

interface EventRule {
	readonly event: ClientEvent;
	readonly needsData: boolean;
}

const rules: ReadonlyMap<string, EventRule> = new Map([
	['offer', { event: 'offer', needsData: true }],
	['answer', { event: 'answer', needsData: true }],
	['candidate', { event: 'candidate', needsData: true }],
	['ice-candidate', { event: 'candidate', needsData: true }],
	['duress-stop', { event: 'duress-stop', needsData: false }],
	['resume', { event: 'resume', needsData: true }],
	['restart', { event: 'restart', needsData: false }],
]);

export function parseFrame(text: string): ParsedFrame {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return { type: 'bad', error: 'Not JSON' };
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return { type: 'bad', error: 'Not a JSON object' };
	const event = ownProperty(value, 'event');
	const data = ownProperty(value, 'data');
	if (typeof event !== 'string') return { type: 'bad', error: 'event is not a string' };
	if (data !== undefined && typeof data !== 'string') return { type: 'bad', error: 'data is not a string' };
	const rule = rules.get(event);
	if (rule === undefined) return { type: 'unknown' };
	if (data === undefined && rule.needsData) return { type: 'bad', error: 'data is not a string' };
	return { type: 'message', event: rule.event, data: data ?? '' };
}

export function writeFrame(event: string, data: string, via?: 'http'): string {
	return JSON.stringify(via === undefined ? { event, data } : { event, data, via });
}

function ownProperty(value: object, key: string): unknown {
	return Object.getOwnPropertyDescriptor(value, key)?.value;
}
