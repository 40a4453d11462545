/** Datagrams of one peer that wait: a flight is one to five, and what is lost beyond that is repeated. */
const MAX_WAITING_OF_ONE = 8;

/**
 * DTLS datagrams that wait for their turn. A step of a handshake costs some tenths of a millisecond, a packet of media some microseconds: of two
 * hundred hellos that come at once, one is answered in each turn of the event loop, so that media goes between them. Peers take turns too.
 */
export class HandshakeQueue<Peer> {
	readonly #waiting = new Map<Peer, Uint8Array[]>();
	readonly #handle: (peer: Peer, datagram: Uint8Array) => void;
	readonly #nextTurn: (work: () => void) => void;

	/**
	 * @param handle takes one datagram; what it throws goes to whoever runs the turn
	 * @param nextTurn runs work after what has come from the network meanwhile
	 */
	constructor(handle: (peer: Peer, datagram: Uint8Array) => void, nextTurn: (work: () => void) => void) {
		this.#handle = handle;
		this.#nextTurn = nextTurn;
	}

	/** @returns false when too many of this peer's wait already */
	push(peer: Peer, datagram: Uint8Array): boolean {
		const waiting = this.#waiting.get(peer);
		if (waiting === undefined) {
			if (this.#waiting.size === 0) this.#nextTurn(this.#takeOne);
			this.#waiting.set(peer, [datagram]);
			return true;
		}
		if (waiting.length >= MAX_WAITING_OF_ONE) return false;
		waiting.push(datagram);
		return true;
	}

	readonly #takeOne = (): void => {
		for (const [peer, [datagram, ...others]] of this.#waiting) {
			// A map keeps the order of setting: this peer goes to the end.
			this.#waiting.delete(peer);
			if (others.length > 0) this.#waiting.set(peer, others);
			if (this.#waiting.size > 0) this.#nextTurn(this.#takeOne);
			if (datagram !== undefined) this.#handle(peer, datagram);
			return;
		}
	};
}
