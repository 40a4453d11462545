import { hash } from 'node:crypto';
import { SRTP_MAX_OVERHEAD, SRTP_MAX_PACKET_LENGTH } from './profile.ts';

const BLOCK = 64;
const DIGEST = 20;

/** What is hashed: the padded key, then the text. Calls never overlap, so all keys share it; held for each peer it would be 8 KiB. */
const inner = new Uint8Array(BLOCK + SRTP_MAX_PACKET_LENGTH + SRTP_MAX_OVERHEAD);
const innerView = new DataView(inner.buffer);

/**
 * HMAC-SHA1 (RFC 2104) over preallocated input: two one-shot hashes that hand their digest over as a binary string. Measured under
 * Node 24 at 1,100 octets: 1.6 µs against 4.7 for cloned hash states, 3.3 for `createHmac` with a key object and 18 with raw
 * key octets.
 */
export class HmacSha1 {
	readonly #innerPad = new Uint8Array(BLOCK);
	readonly #outer = new Uint8Array(BLOCK + DIGEST);
	#digest = '';

	/** @param key at most 64 octets; SRTP's has 20. */
	constructor(key: Uint8Array) {
		for (let i = 0; i < BLOCK; i++) {
			this.#innerPad[i] = (key[i] ?? 0) ^ 0x36;
			this.#outer[i] = (key[i] ?? 0) ^ 0x5c;
		}
	}

	/** Takes the code of `bytes[0, length)`. */
	compute(bytes: Uint8Array, length: number): void {
		inner.set(bytes.subarray(0, length), BLOCK);
		this.#finish(BLOCK + length);
	}

	/** The same with one more word, the roll-over counter that an SRTP packet does not carry: RFC 3711 4.2. */
	computeWithWord(bytes: Uint8Array, length: number, word: number): void {
		inner.set(bytes.subarray(0, length), BLOCK);
		innerView.setUint32(BLOCK + length, word);
		this.#finish(BLOCK + length + 4);
	}

	/** Writes the leftmost `length` octets of the code last computed. */
	write(out: Uint8Array, at: number, length: number): void {
		for (let i = 0; i < length; i++) out[at + i] = this.#digest.charCodeAt(i);
	}

	/** Compares them, in a time that does not tell where they differ. */
	matches(bytes: Uint8Array, at: number, length: number): boolean {
		let difference = 0;
		for (let i = 0; i < length; i++) difference |= (bytes[at + i] as number) ^ this.#digest.charCodeAt(i);
		return difference === 0;
	}

	#finish(innerLength: number): void {
		inner.set(this.#innerPad);
		const digest = hash('sha1', inner.subarray(0, innerLength), 'binary');
		for (let i = 0; i < DIGEST; i++) this.#outer[BLOCK + i] = digest.charCodeAt(i);
		this.#digest = hash('sha1', this.#outer, 'binary');
	}
}
