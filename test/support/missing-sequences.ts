/** How many of the sequence numbers between the first and the last received are missing, across wraps and in any order. */
export function missingSequences(received: readonly number[]): number {
	let highest = received[0] ?? 0;
	let lowest = highest;
	const seen = new Set<number>();
	for (const sequence of received) {
		// The nearest number that ends in these 16 bits.
		const extended = highest + (((sequence - highest) << 16) >> 16);
		highest = Math.max(highest, extended);
		lowest = Math.min(lowest, extended);
		seen.add(extended);
	}
	return received.length === 0 ? 0 : highest - lowest + 1 - seen.size;
}
