/**
 * The packet status chunks of transport-cc feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, sections 3.1.1, 3.1.3, 3.1.4).
 *
 *     0                   1
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |0| S |       run length        |  the same symbol up to 8191 times
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |1|0|   14 one-bit symbols      |  0 not received, 1 small delta
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |1|1|   7 two-bit symbols       |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** A symbol is also the number of bytes of its delta; 3 is reserved. */
export type StatusSymbol = 0 | 1 | 2;
export const NOT_RECEIVED = 0;
export const SMALL_DELTA = 1;
export const LARGE_DELTA = 2;

const MAX_RUN = 0x1fff;
const ONE_BIT_SYMBOLS = 14;
const TWO_BIT_SYMBOLS = 7;

/**
 * Reads the chunks from `offset` on until `count` symbols are known.
 * @returns the symbols and the offset behind the last chunk, or undefined when chunks are missing or use the reserved symbol
 */
export function readStatuses(body: DataView, offset: number, count: number): { symbols: readonly StatusSymbol[]; end: number } | undefined {
	const symbols: StatusSymbol[] = [];
	let at = offset;
	while (symbols.length < count) {
		if (at + 2 > body.byteLength) return undefined;
		const chunk = body.getUint16(at);
		at += 2;
		const missing = count - symbols.length;
		if ((chunk & 0x8000) === 0) {
			const symbol = symbolOf((chunk >> 13) & 3);
			const run = chunk & MAX_RUN;
			if (symbol === undefined || run === 0) return undefined;
			for (let i = Math.min(run, missing); i > 0; i--) symbols.push(symbol);
		} else if ((chunk & 0x4000) === 0) {
			for (let i = 0; i < Math.min(ONE_BIT_SYMBOLS, missing); i++) {
				symbols.push(((chunk >> (13 - i)) & 1) === 1 ? SMALL_DELTA : NOT_RECEIVED);
			}
		} else {
			for (let i = 0; i < Math.min(TWO_BIT_SYMBOLS, missing); i++) {
				const symbol = symbolOf((chunk >> (12 - 2 * i)) & 3);
				if (symbol === undefined) return undefined;
				symbols.push(symbol);
			}
		}
	}
	return { symbols, end: at };
}

/** The symbols as chunks, each time the form that covers most of what is left. */
export function encodeStatusChunks(symbols: readonly StatusSymbol[]): readonly number[] {
	const chunks: number[] = [];
	let at = 0;
	while (at < symbols.length) {
		const run = runLength(symbols, at);
		const oneBit = oneBitLength(symbols, at);
		const twoBit = Math.min(TWO_BIT_SYMBOLS, symbols.length - at);
		if (run >= oneBit && run >= twoBit) {
			chunks.push(((symbols[at] ?? NOT_RECEIVED) << 13) | run);
			at += run;
		} else if (oneBit >= twoBit) {
			chunks.push(0x8000 | packed(symbols, at, oneBit, 1));
			at += oneBit;
		} else {
			chunks.push(0xc000 | packed(symbols, at, twoBit, 2));
			at += twoBit;
		}
	}
	return chunks;
}

function symbolOf(bits: number): StatusSymbol | undefined {
	return bits === NOT_RECEIVED || bits === SMALL_DELTA || bits === LARGE_DELTA ? bits : undefined;
}

function runLength(symbols: readonly StatusSymbol[], at: number): number {
	let length = 1;
	while (length < MAX_RUN && at + length < symbols.length && symbols[at + length] === symbols[at]) length += 1;
	return length;
}

/**
 * How many symbols a one-bit chunk covers from here. It always stands for 14, so one that a large delta cuts short cannot be used
 * except at the end of the list, where the surplus is ignored.
 */
function oneBitLength(symbols: readonly StatusSymbol[], at: number): number {
	const length = Math.min(ONE_BIT_SYMBOLS, symbols.length - at);
	for (let i = 0; i < length; i++) {
		if (symbols[at + i] === LARGE_DELTA) return 0;
	}
	return length;
}

function packed(symbols: readonly StatusSymbol[], at: number, count: number, bits: number): number {
	let value = 0;
	for (let i = 0; i < count; i++) value |= (symbols[at + i] ?? NOT_RECEIVED) << (14 - bits * (i + 1));
	return value;
}
