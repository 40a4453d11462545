import { difference32 } from '../rtp/sequence.ts';
import { timestampAt, writeTimestamp } from './outbound-packet.ts';

const NONE = -1;

/** The RTP timestamp of a packet. */
export function readTimestamp(packet: Uint8Array): number {
	const upper = ((packet[timestampAt] ?? 0) << 8) | (packet[timestampAt + 1] ?? 0);
	return upper * 0x10000 + (((packet[timestampAt + 2] ?? 0) << 8) | (packet[timestampAt + 3] ?? 0));
}

/**
 * The timestamps that one viewer sees in a join burst. Frames from before the join would be played at their own pace and put the
 * viewer behind by their age for good; squeezed against the moment of the join they are decoded as fast as they come:
 *
 *     ts' = join − ⌊(join − ts) / factor⌋      for packets older than the join
 *
 * The order is kept, and frames at least `factor` ticks apart stay apart. The same packet always gets the same timestamp until the
 * next `begin`, so that a retransmission is byte-identical.
 */
export class TimestampSqueeze {
	/** The packets concerned: from `#first` up to, not including, `#end`. */
	#first = NONE;
	#end = NONE;
	#join = 0;
	#factor = 1;

	/**
	 * @param first packet of the burst, and `end` the first that is younger than the join
	 * @param joinTimestamp of the last packet before `end`
	 * @param factor an integer from 1
	 */
	begin(first: number, end: number, joinTimestamp: number, factor: number): void {
		this.#first = first;
		this.#end = end;
		this.#join = joinTimestamp;
		this.#factor = factor;
	}

	/** Has this packet another timestamp for this viewer? */
	covers(extendedSequence: number): boolean {
		return extendedSequence >= this.#first && extendedSequence < this.#end && this.#factor > 1;
	}

	/** The timestamp for this viewer. */
	apply(extendedSequence: number, timestamp: number): number {
		const age = difference32(timestamp, this.#join);
		if (age <= 0 || !this.covers(extendedSequence)) return timestamp;
		return (this.#join - Math.floor(age / this.#factor)) >>> 0;
	}

	/** Puts the timestamp for this viewer in a packet in the shape of outbound-packet.ts. */
	patch(extendedSequence: number, packet: Uint8Array): void {
		if (this.covers(extendedSequence)) writeTimestamp(packet, this.apply(extendedSequence, readTimestamp(packet)));
	}
}
