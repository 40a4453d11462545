import type { Result } from './negotiation-errors.ts';

/**
 * A client's ICE candidate. The server is ICE-lite: it answers checks wherever they come from and never sends one, so a candidate is
 * only checked for sense and otherwise unused. That is also why one that comes before its description needs no queue.
 */
export type RemoteCandidate =
	| { readonly type: 'end-of-candidates' }
	| { readonly type: 'candidate'; readonly address: string; readonly port: number; readonly transport: string; readonly kind: string };

/** RFC 8839 §5.1 with room for extensions; names (mDNS) stand for addresses too. */
const pattern = /^candidate:[\w+/=.-]{1,64} \d{1,5} (\S{1,16}) \d{1,10} (\S{1,256}) (\d{1,5}) typ (\w{1,16})(?: |$)/i;
/** A candidate line with all its extensions is under 300 characters. */
const maxCandidateLength = 2048;
const endOfCandidates: Result<RemoteCandidate> = { ok: true, value: { type: 'end-of-candidates' } };

/**
 * Reads the `data` of a `candidate` event: an RTCIceCandidateInit as JSON text, or a line with or without `a=`. Empty data, an empty
 * candidate, JSON's null and `end-of-candidates` all mean that no more will come.
 */
export function parseCandidate(data: string): Result<RemoteCandidate> {
	if (data.length > maxCandidateLength) return { ok: false, error: 'bad-candidate' };
	const line = candidateLine(data.trim());
	if (line === undefined) return { ok: false, error: 'bad-candidate' };
	const bare = line.replace(/^a=/, '').trim();
	if (bare === '' || bare === 'candidate:' || bare === 'end-of-candidates') return endOfCandidates;
	const [, transport, address, port, kind] = pattern.exec(bare) ?? [];
	if (transport === undefined || address === undefined || kind === undefined || Number(port) > 65_535) {
		return { ok: false, error: 'bad-candidate' };
	}
	return {
		ok: true,
		value: { type: 'candidate', address, port: Number(port), transport: transport.toLowerCase(), kind: kind.toLowerCase() },
	};
}

function candidateLine(text: string): string | undefined {
	if (!/^(["{]|null$)/.test(text)) return text;
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (parsed === null) return '';
	if (typeof parsed === 'string') return parsed;
	if (typeof parsed !== 'object' || !('candidate' in parsed)) return undefined;
	if (parsed.candidate === null) return '';
	return typeof parsed.candidate === 'string' ? parsed.candidate : undefined;
}
