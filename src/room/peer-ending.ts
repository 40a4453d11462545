/** Why a peer leaves its room, and what its socket, if it still has one, is told. */
export type PeerEnding =
	/** The client closed its socket in an orderly way. */
	| 'left'
	/** The client sent `duress-stop`. */
	| 'stopped'
	/** The session is over. */
	| 'completed'
	/** A newer connection has taken its place. */
	| 'replaced'
	/** The room was full, and others were more likely to be somebody. It may come again. */
	| 'displaced'
	/** No answer to an offer for 30 s. */
	| 'no-answer'
	/** No ICE check for too long. */
	| 'timed-out'
	/** The media transport broke beyond repair. */
	| 'failed'
	/** The thread of the media engine that carried it has died. It may come again at once. */
	| 'engine-lost'
	/** Its socket has returned to an earlier, parked peer. */
	| 'superseded';

interface Farewell {
	readonly event?: 'error' | 'duress-stop';
	readonly data?: string;
	/** Application codes (RFC 6455 7.4.2) echo the HTTP status of like meaning. */
	readonly code: number;
	readonly reason: string;
}

/** The last words to the socket; undefined: the socket is closed already or lives on with another peer. */
export const farewells: Readonly<Record<PeerEnding, Farewell | undefined>> = {
	left: undefined,
	superseded: undefined,
	stopped: { code: 1000, reason: 'Stopped' },
	completed: { event: 'duress-stop', data: 'Duress stream stopped', code: 1000, reason: 'Session completed' },
	replaced: { event: 'error', data: 'Replaced', code: 4409, reason: 'Replaced' },
	displaced: { event: 'error', data: 'Too many connections', code: 4408, reason: 'Too many connections' },
	'no-answer': { event: 'error', data: 'No answer', code: 4408, reason: 'No answer' },
	'timed-out': { event: 'error', data: 'Connection timed out', code: 4408, reason: 'Connection timed out' },
	// RFC 6455 7.4: 1012, registered as Service Restart.
	'engine-lost': { code: 1012, reason: 'Media worker lost' },
	failed: { event: 'error', data: 'Media connection failed', code: 4500, reason: 'Media connection failed' },
};
