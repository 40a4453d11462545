/** Datagrams of one peer that wait: a flight is one to five, and what is lost beyond that is repeated. */
const MAX_WAITING_OF_ONE = 8;

/** What handshakes may take of one turn. A turn always does one step, so that they go on however long turns are. */
const BUDGET_MS = 1;

/**
 * DTLS datagrams that wait for their turn. A step of a handshake costs some tenths of a millisecond, a packet of media some microseconds: of two
 * hundred hellos that come at once, a few are answered in each turn of the event loop, so that media goes between them. Peers take turns too.
 */
export class HandshakeQueue<Peer> {
	readonly #waiting = new Map<Peer, Uint8Array[]>();
	readonly #handle: (peer: Peer, datagram: Uint8Array) => void;
	readonly #nextTurn: (work: () => void) => void;
	readonly #nowMs: () => number;
	/** A turn has been asked for and has not come. */
	#asked = false;

	/**
	 * @param handle takes one datagram; what it throws goes to whoever runs the turn
	 * @param nextTurn runs work after what has come from the network meanwhile
	 * @param nowMs a clock that only rises
	 */
	constructor(handle: (peer: Peer, datagram: Uint8Array) => void, nextTurn: (work: () => void) => void, nowMs: () => number) {
		this.#handle = handle;
		this.#nextTurn = nextTurn;
		this.#nowMs = nowMs;
	}

	/** @returns false when too many of this peer's wait already */
	push(peer: Peer, datagram: Uint8Array): boolean {
		const waiting = this.#waiting.get(peer);
		if (waiting !== undefined && waiting.length >= MAX_WAITING_OF_ONE) return false;
		if (waiting === undefined) this.#waiting.set(peer, [datagram]);
		else waiting.push(datagram);
		this.#ask();
		return true;
	}

	#ask(): void {
		if (this.#asked || this.#waiting.size === 0) return;
		this.#asked = true;
		this.#nextTurn(this.#takeTurn);
	}

	readonly #takeTurn = (): void => {
		this.#asked = false;
		const endMs = this.#nowMs() + BUDGET_MS;
		try {
			do this.#takeOne();
			while (this.#waiting.size > 0 && this.#nowMs() < endMs);
		} finally {
			this.#ask();
		}
	};

	#takeOne(): void {
		for (const [peer, [datagram, ...others]] of this.#waiting) {
			// A map keeps the order of setting: this peer goes to the end.
			this.#waiting.delete(peer);
			if (others.length > 0) this.#waiting.set(peer, others);
			if (datagram !== undefined) this.#handle(peer, datagram);
			return;
		}
	}
}
