const SEQUENCES = 0x10000;
const HALF = 0x8000;

/**
 * The packet index (roll-over counter × 65,536 + sequence number) that a sequence number most likely stands for: RFC 3711 3.3.1
 * and appendix A. The counter is the one that brings the index nearest to the highest index authenticated so far.
 *
 * @returns the index, or −1 where it would lie before the first packet of the stream.
 */
export function estimateIndex(highestIndex: number, sequence: number): number {
	const highestSequence = highestIndex % SEQUENCES;
	const start = highestIndex - highestSequence;
	if (highestSequence < HALF) {
		if (sequence - highestSequence > HALF) return start === 0 ? -1 : start - SEQUENCES + sequence;
		return start + sequence;
	}
	if (highestSequence - HALF > sequence) return start + SEQUENCES + sequence;
	return start + sequence;
}
