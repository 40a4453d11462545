import type { RemoteAddress } from '../ice/path-table.ts';
import { RECEIVED_WORDS } from './native-addon.ts';

/** Places, a power of two: several times the peers of one engine, so that few share one. 160 KiB when all are in use. */
const PLACES = 4096;
/** By how much a hash is shifted to fall on a place. */
const SHIFT = 32 - Math.log2(PLACES);

/**
 * Turns raw addresses into the objects and strings that the engine knows peers by, without making any for an address seen lately: each
 * address has one place, where the next one of the same place replaces it.
 */
export class RemoteAddressCache {
	readonly #words = new Uint32Array(PLACES * RECEIVED_WORDS);
	readonly #addresses: (RemoteAddress | undefined)[] = new Array(PLACES).fill(undefined);
	readonly #format: (family: number, scope: number, word0: number, word1: number, word2: number, word3: number) => string;

	constructor(format: (family: number, scope: number, word0: number, word1: number, word2: number, word3: number) => string) {
		this.#format = format;
	}

	/** @param words as `NativeAddon.receivedWords`; @param at where the datagram's begin */
	resolve(words: Uint32Array, at: number): RemoteAddress {
		const port = words[at + 1] as number;
		const last = (words[at + 4] as number) ^ (words[at + 7] as number);
		const place = Math.imul(Math.imul(port, 0x9e3779b1) ^ last, 0x85ebca6b) >>> SHIFT;
		const known = this.#addresses[place];
		if (known !== undefined && this.#isSame(words, at, place)) return known;
		return this.#remember(words, at, place);
	}

	#isSame(words: Uint32Array, at: number, place: number): boolean {
		const kept = this.#words;
		const keptAt = place * RECEIVED_WORDS;
		for (let word = 1; word < RECEIVED_WORDS; word += 1) {
			if (kept[keptAt + word] !== words[at + word]) return false;
		}
		return true;
	}

	#remember(words: Uint32Array, at: number, place: number): RemoteAddress {
		const [, port = 0, family = 0, scope = 0, word0 = 0, word1 = 0, word2 = 0, word3 = 0] = words.subarray(at, at + RECEIVED_WORDS);
		const address = { address: this.#format(family, scope, word0, word1, word2, word3), port };
		this.#words.set(words.subarray(at, at + RECEIVED_WORDS), place * RECEIVED_WORDS);
		this.#addresses[place] = address;
		return address;
	}
}
