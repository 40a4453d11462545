import type { MediaDescription as ParsedMedia, SessionDescription } from 'sdp-transform';
import type { Fingerprint } from './media-description.ts';
import type { RemoteTransport } from './remote-description.ts';

/** RFC 8839 §5.4 (ice-char, 4 to 256 and 22 to 256 of them), plus the signs of URL-safe Base64, which some agents use. */
export const ufragPattern = /^[A-Za-z0-9+/=_-]{4,256}$/;
export const pwdPattern = /^[A-Za-z0-9+/=_-]{22,256}$/;

const digestBytes: Readonly<Record<Fingerprint['algorithm'], number>> = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };

/** ICE credentials and fingerprint of a media section, each with the session's as fallback (RFC 8839 §5.4, RFC 8122 §5). */
export function parseTransport(media: ParsedMedia, session: SessionDescription): RemoteTransport | undefined {
	const ufrag = text(media.iceUfrag) ?? text(session.iceUfrag);
	const pwd = text(media.icePwd) ?? text(session.icePwd);
	const fingerprint = parseFingerprint(media.fingerprint) ?? parseFingerprint(session.fingerprint);
	if (ufrag === undefined || !ufragPattern.test(ufrag) || pwd === undefined || !pwdPattern.test(pwd) || fingerprint === undefined) {
		return undefined;
	}
	return { ufrag, pwd, fingerprint };
}

/** Numbers come back from the reader as numbers, `a=ice-ufrag:1234` too. */
export function text(value: unknown): string | undefined {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function parseFingerprint(line: { type: string; hash: string } | undefined): Fingerprint | undefined {
	const algorithm = text(line?.type)?.toLowerCase();
	const value = text(line?.hash)?.toUpperCase();
	if (value === undefined || (algorithm !== 'sha-256' && algorithm !== 'sha-384' && algorithm !== 'sha-512')) return undefined;
	const bytes = digestBytes[algorithm];
	if (value.length !== bytes * 3 - 1 || !/^[0-9A-F]{2}(:[0-9A-F]{2})*$/.test(value)) return undefined;
	return { algorithm, value };
}
