import type { IceCredentials } from './media-description.ts';
import type { Result } from './negotiation-errors.ts';
import { parseCandidate } from './parse-candidate.ts';
import { pwdPattern, ufragPattern } from './parse-transport.ts';

/** What a client tells of its ICE after its offer: candidates, or new credentials, which restart ICE. */
export interface IceFragment {
	/** Of the first section that names them, or of the session: all sections share one transport. */
	readonly credentials: IceCredentials | undefined;
	/** How many candidates came; they are checked for sense and otherwise unused, as a lite agent sends no checks. */
	readonly candidates: number;
}

/** A client with every kind of network, each with addresses of both families and relays, stays below it by far. */
const maxFragmentLines = 512;

/**
 * Reads `application/trickle-ice-sdpfrag` (RFC 8840 §9): lines of SDP from the middle of a description. Attributes that say nothing of ICE
 * are passed over.
 */
export function parseIceFragment(text: string): Result<IceFragment> {
	const lines = text.split(/\r\n|\r|\n/).filter((line) => line !== '');
	if (lines.length === 0 || lines.length > maxFragmentLines) return { ok: false, error: 'bad-fragment' };
	let ufrag: string | undefined;
	let pwd: string | undefined;
	let candidates = 0;
	for (const line of lines) {
		if (!/^[a-z]=./.test(line)) return { ok: false, error: 'bad-fragment' };
		const [, name, value = ''] = /^a=([\w-]+)(?::(.*))?$/.exec(line) ?? [];
		if (name === 'ice-ufrag') ufrag ??= value;
		else if (name === 'ice-pwd') pwd ??= value;
		else if (name === 'candidate') {
			const candidate = parseCandidate(line);
			if (!candidate.ok) return candidate;
			candidates += 1;
		}
	}
	if (ufrag === undefined && pwd === undefined) return { ok: true, value: { credentials: undefined, candidates } };
	if (ufrag === undefined || !ufragPattern.test(ufrag) || pwd === undefined || !pwdPattern.test(pwd)) {
		return { ok: false, error: 'bad-fragment' };
	}
	return { ok: true, value: { credentials: { ufrag, pwd }, candidates } };
}
