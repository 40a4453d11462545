import type { Result } from './negotiation-errors.ts';

/** The form in which a client wrote its description; an answer goes back in the same. */
export type TextForm = 'json' | 'raw';

export interface SessionText {
	readonly form: TextForm;
	readonly sdp: string;
}

/** As large as a signaling frame may be; a description of more cannot be meant seriously. */
export const maxDescriptionLength = 65_536;

/**
 * Finds the SDP in the `data` of an `offer` or `answer` event: an RTCSessionDescription as JSON text, a JSON string of SDP, or SDP
 * itself. A JSON object without `type` is taken by its event's name.
 */
export function readSessionText(data: string, event: 'offer' | 'answer'): Result<SessionText> {
	if (data.length > maxDescriptionLength) return { ok: false, error: 'too-large' };
	const text = data.trimStart();
	if (text.startsWith('v=')) return { ok: true, value: { form: 'raw', sdp: text } };
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch {
		return { ok: false, error: 'not-a-description' };
	}
	if (typeof parsed === 'string') return fromSdp(parsed);
	if (typeof parsed !== 'object' || parsed === null || !('sdp' in parsed) || typeof parsed.sdp !== 'string') {
		return { ok: false, error: 'not-a-description' };
	}
	if ('type' in parsed && typeof parsed.type === 'string' && parsed.type.toLowerCase() !== event) return { ok: false, error: 'wrong-type' };
	return fromSdp(parsed.sdp);
}

/** Writes a description in the given form. */
export function writeSessionText(type: 'offer' | 'answer', sdp: string, form: TextForm): string {
	return form === 'raw' ? sdp : JSON.stringify({ type, sdp });
}

function fromSdp(text: string): Result<SessionText> {
	const sdp = text.trimStart();
	return sdp.startsWith('v=') ? { ok: true, value: { form: 'json', sdp } } : { ok: false, error: 'not-a-description' };
}
