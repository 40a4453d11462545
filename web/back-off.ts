const firstMs = 250;
const longestMs = 3_000;

/** How long to wait before try number `attempt` (from 0): 250 ms, doubled each time up to 3 s, give or take a quarter. */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
	return Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 10)) * (0.75 + random() / 2);
}
