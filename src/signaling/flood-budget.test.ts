import { expect, test } from 'vitest';
import { FloodBudget } from './flood-budget.ts';

test('so many pass in a span, the next does not', () => {
	const budget = new FloodBudget({ count: 3, windowMs: 1000 });
	expect([0, 10, 999].map((ms) => budget.spend(ms))).toEqual([true, true, true]);
	expect(budget.spend(999)).toBe(false);
});

test('a new span begins with the first after the old one', () => {
	const budget = new FloodBudget({ count: 1, windowMs: 1000 });
	expect(budget.spend(500)).toBe(true);
	expect(budget.spend(1499)).toBe(false);
	expect(budget.spend(1500)).toBe(true);
	expect(budget.spend(2499)).toBe(false);
});

test('a slow trickle never overdraws', () => {
	const budget = new FloodBudget({ count: 2, windowMs: 1000 });
	for (let ms = 0; ms < 100_000; ms += 500) expect(budget.spend(ms)).toBe(true);
});
