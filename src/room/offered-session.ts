import type { Result } from '../negotiation/negotiation-errors.ts';
import { parseIceFragment } from '../negotiation/parse-ice-fragment.ts';
import type { Peer } from './peer.ts';
import type { Room } from './room.ts';
import type { SignalSocket } from './signal-socket.ts';

/** Broadcasters publish (WHIP), viewers watch (WHEP). */
export type OfferedRole = 'broadcaster' | 'viewer';

/** Catches the one answer; nothing else has a way to a client without a socket. */
class AnswerBox implements SignalSocket {
	readonly version = 1;
	readonly url = '';
	#answer: string | undefined;

	send(event: string, data: string): void {
		if (event === 'answer') this.#answer = data;
	}

	close(): void {}

	take(): string | undefined {
		const answer = this.#answer;
		this.#answer = undefined;
		return answer;
	}
}

/**
 * A client that offered once and has no signaling socket: it lives by its ICE checks, until it is ended, replaced or its room closes.
 * Afterwards `find` knows it no more.
 */
export class OfferedSession {
	readonly #peer: Peer;

	private constructor(peer: Peer) {
		this.#peer = peer;
	}

	/** Joins a room by an offer that `problemOfOffer` finds nothing wrong with. Undefined when it gets no answer all the same. */
	static open(room: Room, role: OfferedRole, offer: string): { readonly session: OfferedSession; readonly answer: string } | undefined {
		const box = new AnswerBox();
		const peer = room.join(role, box, 'client');
		peer.receive({ event: 'offer', data: offer });
		const answer = box.take();
		if (answer !== undefined) return { session: new OfferedSession(peer), answer };
		peer.remove('failed');
		return undefined;
	}

	/** The session of this id and role, while it lives. */
	static find(room: Room, role: OfferedRole, id: string): OfferedSession | undefined {
		const peer = room.offering(id, role);
		return peer === undefined ? undefined : new OfferedSession(peer);
	}

	/** 128 random bits: whoever knows it may change and end the session. */
	get id(): string {
		return this.#peer.resumeToken;
	}

	/** Names its current ICE session; another after each restart. Made of ice-chars. */
	get iceTag(): string {
		return this.#peer.iceTag;
	}

	/**
	 * Takes an SDP fragment of the client. New credentials restart ICE: then the value is the server's answering fragment. Candidates alone
	 * need no answer: the value is undefined.
	 * @param confirm answers with the fragment also when the credentials are known already, for a client whose answer was lost
	 */
	patch(fragment: string, confirm: boolean): Result<string | undefined> {
		const parsed = parseIceFragment(fragment);
		if (!parsed.ok) return parsed;
		const { credentials } = parsed.value;
		const isNew = credentials !== undefined && credentials.ufrag !== this.#peer.remoteUfrag;
		return { ok: true, value: credentials !== undefined && (isNew || confirm) ? this.#peer.restartedByClient(credentials) : undefined };
	}

	/** The client is done. */
	end(): void {
		this.#peer.remove('left');
	}
}
