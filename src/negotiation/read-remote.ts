import type { Result } from './negotiation-errors.ts';
import { parseDescription } from './parse-description.ts';
import type { RemoteDescription } from './remote-description.ts';
import { readSessionText, type TextForm } from './session-text.ts';

/** Reads the data of an `offer` or `answer` event and refuses what this server cannot take part in. */
export function readRemote(
	data: string,
	event: 'offer' | 'answer',
): Result<{ readonly form: TextForm; readonly description: RemoteDescription }> {
	const text = readSessionText(data, event);
	if (!text.ok) return text;
	const parsed = parseDescription(text.value.sdp);
	if (!parsed.ok) return parsed;
	const description = parsed.value;
	// RFC 8445 §6.1.1: two lite agents send no checks, so nothing would ever connect.
	if (description.iceLite) return { ok: false, error: 'both-ice-lite' };
	// A missing role means active (RFC 4145 §4.1); an answer of actpass, which is not allowed, is read as active too.
	if (description.sections.some(({ rejected, setup }) => !rejected && setup === 'passive')) {
		return { ok: false, error: 'server-is-dtls-server' };
	}
	return { ok: true, value: { form: text.value.form, description } };
}
