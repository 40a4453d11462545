/** Odd, so that the walk visits every 32-bit number before it meets one again; the golden ratio's, so that neighbours lie far apart. */
const STEP = 0x9e3779b1;

/**
 * Gives every publication SSRCs of its own. No number is given twice in 4,294,967,295 times: a viewer's SRTP keys may outlive a
 * publication, and a new stream under an old SSRC would use the nonces of the old one again.
 */
export class SsrcWalk {
	#last: number;

	/** @param start any 32-bit number, random so that two servers differ */
	constructor(start: number) {
		this.#last = start >>> 0;
	}

	next(): number {
		this.#last = (this.#last + STEP) >>> 0;
		// Zero is legal in RTP, but receivers use it for "not known".
		return this.#last === 0 ? this.next() : this.#last;
	}
}
