import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { rounds } from '../support/rounds.ts';
import { Damage, MAX_INPUT } from './damage.ts';

/** So many inputs of either kind for each parser under `npm run verify`; a tenth otherwise. */
const fullCases = 100_000;
/** The slowest parser takes a millisecond for two inputs, and the machine may be busy. */
const limitMs = rounds(900_000);

/** A parser of bytes from outside. */
export interface ByteParser {
	readonly name: string;
	/** Real inputs. */
	readonly samples: readonly Uint8Array[];
	/** Where its work is to write into what it was given: only outside of it nothing may change. */
	readonly rewrites?: boolean;
	/**
	 * Reads what fills the first `length` bytes, with others behind and before them, and gives back as plain data what it made of them. Throws
	 * where that is out of the bounds that the parser names.
	 */
	read(bytes: Uint8Array, length: number): unknown;
}

/** A parser of text from outside. */
export interface TextParser {
	readonly name: string;
	readonly samples: readonly string[];
	/** Throws where what the parser made of the text is out of its bounds. */
	read(text: string): void;
}

/**
 * Feeds each parser with garbage and with damaged samples. None may throw or change its input, and what it makes of it may not depend on what
 * lies around it in a buffer that is used again and again.
 */
export function feedBytes(parsers: readonly ByteParser[]): void {
	describe.each(parsers)('$name', (parser) => {
		test('takes its samples as they are', () => parser.samples.forEach((sample) => void judge(parser, sample)));
		test('reads or refuses garbage', () => forSeeds((damage) => judge(parser, damage.garbage())), limitMs);
		test('reads or refuses what was damaged', () => forSeeds((damage) => judge(parser, damage.bytes(parser.samples))), limitMs);
	});
}

/** The same with text. */
export function feedText(parsers: readonly TextParser[]): void {
	describe.each(parsers)('$name', ({ samples, read }) => {
		const told = (text: string): void => telling(JSON.stringify(text), () => read(text));
		test('takes its samples as they are', () => samples.forEach(told));
		test('reads or refuses garbage', () => forSeeds((damage) => told(damage.garbageText())), limitMs);
		test('reads or refuses what was damaged', () => forSeeds((damage) => told(damage.text(samples))), limitMs);
	});
}

/** One seed for each case: fast-check tells the one that failed, and that number makes the same input again. */
export function forSeeds(feed: (damage: Damage) => void, cases = rounds(fullCases)): void {
	const seed = fc.noBias(fc.noShrink(fc.nat(0xffff_ffff)));
	fc.assert(
		fc.property(seed, (value) => feed(new Damage(value))),
		{ numRuns: cases },
	);
}

/** @throws Error when the value is not a whole number of this range */
export function within(what: string, value: number, min: number, max: number): void {
	if (!Number.isInteger(value) || value < min || value > max) throw new Error(`${what} is ${value}, not ${min}…${max}`);
}

/** What lies around an input, either way. Sockets give Buffers, whose `slice` is a view and no copy. */
const guardBytes = 64;
const surroundings = [0x00, 0xff].map((fill) => ({
	guard: new Uint8Array(guardBytes).fill(fill),
	bytes: Buffer.alloc(MAX_INPUT + 2 * guardBytes),
}));

function judge(parser: ByteParser, input: Uint8Array): void {
	telling(Buffer.from(input).toString('hex'), () => {
		const end = guardBytes + input.length;
		const [first, second] = surroundings.map(({ guard, bytes }) => {
			bytes.set(guard);
			bytes.set(input, guardBytes);
			bytes.set(guard, end);
			const answer = parser.read(bytes.subarray(guardBytes, end + guardBytes), input.length);
			const isUntouched = (from: number, original: Uint8Array): boolean =>
				Buffer.compare(bytes.subarray(from, from + original.length), original) === 0;
			if (!isUntouched(0, guard) || !isUntouched(end, guard)) throw new Error('it wrote outside of its input');
			if (parser.rewrites !== true && !isUntouched(guardBytes, input)) throw new Error('it wrote into its input');
			return answer;
		});
		if (!isDeepStrictEqual(first, second)) throw new Error('what lies around the input changes what is read');
	});
}

function telling(input: string, feed: () => void): void {
	try {
		feed();
	} catch (error) {
		throw new Error(`fed with ${input}`, { cause: error });
	}
}
