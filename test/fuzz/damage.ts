import { type RandomSource, seededRandom } from '../support/seeded-random.ts';

/** Nothing longer is fed: more than an Ethernet datagram, and more than any text that a parser splits into parts needs. */
export const MAX_INPUT = 4096;

/** Where formats have their edges. */
const edges = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 191, 192, 254, 255];

/** What splits, ends, escapes or overflows somewhere; a lone surrogate, a digit that is none of ASCII's, names of JavaScript's own. */
const oddTexts = [
	'\r\n',
	'\n',
	'\r',
	'\0',
	' ',
	'\t',
	':',
	';',
	'=',
	'"',
	'\\',
	'/',
	'%',
	'{',
	'[',
	'--',
	'*',
	'\ud800',
	'\ufeff',
	'٣',
	'é',
	'__proto__',
	'constructor',
	'toString',
	'null',
	'a=mid:0',
	'm=video 9 UDP/TLS/RTP/SAVPF 96',
];
const oddNumbers = ['', '-1', '0', '00', '1e999', '0x10', '255', '256', '65535', '65536', '4294967295', '4294967296', '9'.repeat(40)];

/** Makes inputs, the same from the same seed: garbage, and real inputs as something between here and there might have changed them. */
export class Damage {
	readonly #random: RandomSource;

	constructor(seed: number) {
		this.#random = seededRandom(seed);
	}

	/** A whole number from 0 up to, not including, `limit`. */
	below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}

	pick<T>(list: readonly T[]): T {
		const picked = list[this.below(list.length)];
		if (picked === undefined) throw new RangeError('nothing to pick from');
		return picked;
	}

	/** Mostly short: a parser that takes a length looks at the first bytes. */
	garbage(): Uint8Array {
		const bytes = new Uint8Array(this.below(this.below(8) === 0 ? 1500 : 96));
		for (let at = 0; at < bytes.length; at++) bytes[at] = this.#byte();
		return bytes;
	}

	/** One of the samples, changed in up to four places. */
	bytes(samples: readonly Uint8Array[]): Uint8Array {
		let bytes: Uint8Array = Uint8Array.from(this.pick(samples));
		for (let changes = 1 + this.below(4); changes > 0; changes--) bytes = this.#change(bytes, samples);
		return bytes.subarray(0, MAX_INPUT);
	}

	garbageText(): string {
		const parts = Array.from({ length: this.below(24) }, () => {
			const kind = this.below(3);
			if (kind === 0) return this.pick(oddTexts);
			return kind === 1 ? this.pick(oddNumbers) : Buffer.from(this.garbage().subarray(0, 12)).toString('utf8');
		});
		return parts.join('');
	}

	/** One of the samples, changed in up to four places. */
	text(samples: readonly string[]): string {
		let text = this.pick(samples);
		for (let changes = 1 + this.below(4); changes > 0; changes--) text = this.#changeText(text, samples);
		return text.slice(0, 4 * MAX_INPUT);
	}

	#byte(): number {
		return this.below(3) === 0 ? this.pick(edges) : this.below(256);
	}

	/** Where a change tells most: in the first bytes, where headers are, every other time. */
	#place(bytes: Uint8Array): number {
		return this.below(this.below(2) === 0 ? Math.min(bytes.length, 24) : bytes.length);
	}

	#change(bytes: Uint8Array, samples: readonly Uint8Array[]): Uint8Array {
		if (bytes.length === 0) return this.garbage();
		const at = this.#place(bytes);
		switch (this.below(8)) {
			case 0:
				bytes[at] = (bytes[at] ?? 0) ^ (1 << this.below(8));
				return bytes;
			case 1:
				bytes[at] = this.#byte();
				return bytes;
			case 2:
				return lie(bytes, at, 1 + this.below(3), this.#length(bytes.length - at));
			case 3:
				return bytes.subarray(0, this.below(bytes.length + 1));
			case 4:
				return joined(bytes, this.garbage().subarray(0, 64));
			case 5: {
				const other = this.pick(samples);
				return joined(bytes.subarray(0, at), other.subarray(this.below(other.length + 1)));
			}
			case 6:
				return joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + this.below(8))));
			default:
				return joined(bytes.subarray(0, at + 1 + this.below(bytes.length - at)), bytes.subarray(at)).subarray(0, MAX_INPUT);
		}
	}

	/** A length that is nearly right, or far off. */
	#length(rest: number): number {
		return this.below(2) === 0 ? Math.max(0, rest + this.below(7) - 3) : this.pick([0, 1, 0x7f, 0xff, 0x7fff, 0x8000, 0xffff, 0xffffff]);
	}

	#changeText(text: string, samples: readonly string[]): string {
		const at = this.below(text.length + 1);
		const end = Math.min(text.length, at + this.below(40));
		switch (this.below(6)) {
			case 0:
				return text.slice(0, at) + text.slice(end);
			case 1:
				return text.slice(0, end) + text.slice(at);
			case 2:
				return text.slice(0, at) + this.pick(oddTexts) + text.slice(at);
			case 3:
				return text.slice(0, at) + text.slice(at).replace(/\d+/, this.pick(oddNumbers));
			case 4: {
				const other = this.pick(samples);
				return text.slice(0, at) + other.slice(this.below(other.length + 1));
			}
			default:
				return (
					text.slice(0, at) +
					String.fromCharCode(this.below(this.below(2) === 0 ? 128 : 0x10000)) +
					text.slice(Math.min(text.length, at + 1))
				);
		}
	}
}

/** Writes a length over the bytes where one may stand. */
function lie(bytes: Uint8Array, at: number, octets: number, length: number): Uint8Array {
	for (let octet = 0; octet < octets && at + octet < bytes.length; octet++) bytes[at + octet] = length >> (8 * (octets - 1 - octet));
	return bytes;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(head.length + tail.length);
	bytes.set(head);
	bytes.set(tail, head.length);
	return bytes;
}
