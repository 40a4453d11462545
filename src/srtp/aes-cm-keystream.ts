import { type Cipheriv, createCipheriv } from 'node:crypto';
import { SRTP_MAX_PACKET_LENGTH } from './profile.ts';

const BLOCK = 16;

/**
 * Where calls prepare counter blocks and combine text with key stream, word by word: packets themselves lie at any address. Calls never
 * overlap, so all keys share it; held for each peer it would be 8 KiB. The block numbers, in the last two octets, never change.
 */
const counters = new Uint8Array(SRTP_MAX_PACKET_LENGTH);
const words = new Int32Array(counters.buffer);
const halfWords = new Uint16Array(counters.buffer);
const view = new DataView(counters.buffer);
const text = new Uint8Array(SRTP_MAX_PACKET_LENGTH);
const textWords = new Int32Array(text.buffer);
for (let block = 0; block * BLOCK < SRTP_MAX_PACKET_LENGTH; block++) view.setUint16(block * BLOCK + 14, block);

/**
 * AES in counter mode as RFC 3711 4.1.1 defines it. The counter block of a packet:
 *
 *      0               4               8              12      14      16
 *     +---------------+---------------+---------------+-------+-------+
 *     |     salt      |  salt ^ SSRC  | salt ^ index  | ^ idx | block |
 *     +---------------+---------------+---------------+-------+-------+
 *
 * One ECB cipher lives as long as the key and turns prepared counter blocks into key stream: making a CTR cipher for each packet
 * costs half as much again.
 */
export class AesCmKeystream {
	readonly #cipher: Cipheriv;
	readonly #saltStart: number;
	readonly #saltSsrc: number;
	readonly #saltIndexHigh: number;
	readonly #saltIndexLow: number;

	/** @param key 16 octets; @param salt 14 octets. */
	constructor(key: Uint8Array, salt: Uint8Array) {
		this.#cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
		const saltView = new DataView(salt.buffer, salt.byteOffset, salt.byteLength);
		this.#saltStart = saltView.getInt32(0);
		this.#saltSsrc = saltView.getInt32(4);
		this.#saltIndexHigh = saltView.getInt32(8);
		this.#saltIndexLow = saltView.getUint16(12);
	}

	/**
	 * Copies `input[from, to)` to the same place in `out`, encrypted or decrypted.
	 *
	 * @param indexHigh upper 32 bits of the 48-bit packet index (RTP: the roll-over counter); @param indexLow lower 16 bits.
	 */
	apply(input: Uint8Array, from: number, to: number, ssrc: number, indexHigh: number, indexLow: number, out: Uint8Array): void {
		if (to <= from) return;
		const blocks = (to - from + BLOCK - 1) >> 4;
		// The first block is written in network order and its words are copied as they lie, so the platform's order does not matter.
		view.setInt32(0, this.#saltStart);
		view.setInt32(4, this.#saltSsrc ^ ssrc);
		view.setInt32(8, this.#saltIndexHigh ^ indexHigh);
		view.setUint16(12, this.#saltIndexLow ^ indexLow);
		const first = words[0] as number;
		const second = words[1] as number;
		const third = words[2] as number;
		const seventh = halfWords[6] as number;
		for (let block = 1; block < blocks; block++) {
			words[block * 4] = first;
			words[block * 4 + 1] = second;
			words[block * 4 + 2] = third;
			halfWords[block * 8 + 6] = seventh;
		}
		const stream = this.#cipher.update(counters.subarray(0, blocks * BLOCK));
		text.set(input.subarray(from, to));
		const streamWords = wordsOf(stream);
		for (let word = 0; word < streamWords.length; word++) textWords[word] = (textWords[word] as number) ^ (streamWords[word] as number);
		out.set(text.subarray(0, to - from), from);
	}
}

/** Node hands out a buffer of its own for each update, which begins on a word; should it ever not, a copy does. */
function wordsOf(stream: Uint8Array): Int32Array {
	const aligned = stream.byteOffset % 4 === 0 ? stream : new Uint8Array(stream);
	return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
