import { expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';

test('waits double from 250 ms and stop growing at 3 s', () => {
	const middle = () => 0.5;
	expect([0, 1, 2, 3, 4, 5, 1_000].map((attempt) => backOffMs(attempt, middle))).toEqual([250, 500, 1_000, 2_000, 3_000, 3_000, 3_000]);
});

test('pages that lost the same server do not come back at the same moment', () => {
	expect(backOffMs(2, () => 0)).toBe(750);
	expect(backOffMs(2, () => 0.999)).toBeCloseTo(1_250, -1);
});
