import type { RoomPublication } from './room-publication.ts';
import type { SignalSocket } from './signal-socket.ts';

/** The events added for clients that asked for them with `?v=2`. Their `data` is JSON text; times are Unix seconds. */
export type V2Event =
	/** First of all: the token that returns to this peer, and the peer's id. */
	| { readonly event: 'session'; readonly data: { readonly resume: string; readonly peerId: string } }
	/** `viewers`: peers that watch, broadcasters not among them. */
	| { readonly event: 'status'; readonly data: { readonly viewers: number; readonly helper: string | null } }
	/** `stream`: the msid stream id of the tracks concerned; a legacy room has several. */
	| { readonly event: 'signal-lost'; readonly data: { readonly since: number; readonly stream: string } }
	| { readonly event: 'signal-back'; readonly data: { readonly stream: string } }
	/** The socket is about to be closed through no fault of the client's: it should come again, to this URL, after this time. */
	| { readonly event: 'reconnect'; readonly data: { readonly url: string; readonly afterMs: number } };

/** Those who must come again at the same moment are spread over this long. */
const RECONNECT_SPREAD_MS = 500;

export function sendV2(socket: SignalSocket | undefined, { event, data }: V2Event): void {
	if (socket?.version === 2) socket.send(event, JSON.stringify(data));
}

export function signalLost(publication: RoomPublication, since: number): V2Event {
	return { event: 'signal-lost', data: { since, stream: publication.publication.streamName } };
}

export function signalBack(publication: RoomPublication): V2Event {
	return { event: 'signal-back', data: { stream: publication.publication.streamName } };
}

/** @param share of the time over which reconnecting clients are spread, 0 to 1 */
export function reconnect({ url }: SignalSocket, share: number): V2Event {
	return { event: 'reconnect', data: { url, afterMs: Math.floor(share * RECONNECT_SPREAD_MS) } };
}
