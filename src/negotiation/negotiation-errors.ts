/** Everything that can be wrong with what a client sends for its negotiation, and the sentence that it gets as `error` data. */
export const negotiationErrors = {
	'too-large': 'The description is larger than 64 KiB',
	'not-a-description': 'Not a session description: JSON text with type and sdp, or raw SDP, is expected',
	'wrong-type': 'The description is of another type than the event that carried it',
	'too-many-lines': 'The description has too many lines',
	'too-many-sections': 'The description has too many media sections',
	'bad-sdp': 'The SDP does not parse',
	'bad-media-line': 'The SDP has a media line that does not parse',
	'duplicate-mid': 'The SDP names one mid twice',
	'no-transport': 'The SDP lacks ICE credentials or a usable fingerprint (sha-256, sha-384 or sha-512)',
	'server-is-dtls-server': 'setup:passive is refused: the server is always the DTLS server',
	'both-ice-lite': 'The server is ICE-lite and needs a full ICE agent as its peer',
	'answer-does-not-fit': 'The answer does not fit the offer: media sections differ in number, kind or mid',
	'unexpected-answer': 'No offer waits for this answer',
	'bad-candidate': 'Invalid candidate',
	'bad-fragment': 'The ICE fragment does not parse, or has only one half of the credentials',
} as const;

export type NegotiationError = keyof typeof negotiationErrors;

/** A parsed value, or the reason why there is none. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: NegotiationError };

/** The one error that names something: a codec that one side has and the other lacks. */
export function codecNotSupported(name: string): string {
	return `Codec not supported: ${name}`;
}
