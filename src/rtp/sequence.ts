/**
 * All wrap-around arithmetic of the project. Everything past the edge works on unwrapped ("extended") numbers: plain JS numbers that
 * grow without wrapping, exact up to 2^53 (16-bit sequences at 1,000 packets a second reach that after 285,000 years).
 */

const SEQUENCE_CYCLE = 0x10000;
const TIMESTAMP_CYCLE = 0x100000000;

/**
 * How far `to` lies ahead of `from` on the 16-bit circle: −32768…32767, negative when it lies behind (RFC 1982 serial arithmetic).
 * The one undefined case of the RFC, exactly half the circle, counts as behind.
 */
export function distance16(from: number, to: number): number {
	return ((to - from) << 16) >> 16;
}

/** Is `candidate` later than `reference` on the 16-bit circle? */
export function isNewer16(candidate: number, reference: number): boolean {
	return distance16(reference, candidate) > 0;
}

/** The sequence number `count` steps after `seq` (before it when negative), 0…65535. */
export function add16(seq: number, count: number): number {
	return (seq + count) & 0xffff;
}

/** How far timestamp `to` lies ahead of `from` on the 32-bit circle, in ticks: −2^31…2^31−1. */
export function difference32(from: number, to: number): number {
	return (to - from) | 0;
}

/** The 32-bit number `count` steps after `value`, 0…2^32−1. */
export function add32(value: number, count: number): number {
	return (value + count) >>> 0;
}

/**
 * The extended number of a stream's first packet: one cycle up, so that packets which were reordered before it still get positive
 * extended numbers.
 */
export function firstExtended16(seq: number): number {
	return SEQUENCE_CYCLE + seq;
}

/**
 * The extended number nearest to `reference` whose low 16 bits are `seq`. Negative only when `reference` is below 32768, which
 * {@link firstExtended16} avoids.
 */
export function unwrap16(reference: number, seq: number): number {
	return reference + distance16(reference & 0xffff, seq);
}

/** The extended number of a stream's first timestamp, see {@link firstExtended16}. */
export function firstExtended32(timestamp: number): number {
	return TIMESTAMP_CYCLE + timestamp;
}

/** The extended timestamp nearest to `reference` whose low 32 bits are `timestamp`. */
export function unwrap32(reference: number, timestamp: number): number {
	return reference + difference32(reference >>> 0, timestamp);
}
