import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReplayWindow } from './replay-window.ts';

test('an index is fresh once, whatever the order, and never behind the window', () => {
	fc.assert(
		fc.property(fc.array(fc.nat({ max: 400 }), { maxLength: 300 }), (indices) => {
			const window = new ReplayWindow(64);
			const seen = new Set<number>();
			for (const index of indices) {
				const expected = !seen.has(index) && index > Math.max(-1, ...seen) - 64;
				expect(window.isFresh(index)).toBe(expected);
				if (!expected) continue;
				window.mark(index);
				seen.add(index);
			}
		}),
	);
});

test('a leap over the whole window forgets what lies behind it', () => {
	const window = new ReplayWindow(64);
	window.mark(3);
	window.mark(2 ** 40);
	expect(window.isFresh(3)).toBe(false);
	expect(window.isFresh(2 ** 40)).toBe(false);
	expect(window.isFresh(2 ** 40 - 63)).toBe(true);
	expect(window.isFresh(2 ** 40 - 64)).toBe(false);
});

test('an index below zero is never fresh', () => {
	const window = new ReplayWindow(64);
	window.mark(3);
	expect(window.isFresh(-1)).toBe(false);
});
