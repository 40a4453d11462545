import { expect, test } from 'vitest';
import { median, percentile } from './statistics.ts';

test('the median of an odd count is a measured value, of an even count the mean of two', () => {
	expect(median([9, 1, 5])).toBe(5);
	expect(median([1, 10, 2, 4])).toBe(3);
	expect(median([])).toBeNaN();
});

test('percentiles are measured values, by the nearest rank', () => {
	const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
	expect([0, 0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([1, 50, 99, 100]);
	expect(percentile([7], 0.99)).toBe(7);
	expect(percentile([], 0.5)).toBeNaN();
});
