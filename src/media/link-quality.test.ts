import { expect, test } from 'vitest';
import { quantile } from './link-quality.ts';

test('a quantile is one of the values, the largest at most, and 0 of none', () => {
	expect(quantile([], 0.5)).toBe(0);
	expect(quantile([7], 0.95)).toBe(7);
	expect(quantile([30, 10, 20], 0.5)).toBe(20);
	expect(quantile([30, 10, 20], 0.95)).toBe(30);
	expect(quantile([30, 10, 20], 1)).toBe(30);
});
