import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateWindow } from './rate-window.ts';

test('admits 30 a minute of one key, whatever other keys do', () => {
	const window = new RateWindow();
	const admitted = Array.from({ length: 40 }, () => window.admit('a', 0));
	expect(admitted.filter(Boolean)).toHaveLength(30);
	expect(admitted.slice(30)).not.toContain(true);
	expect(window.admit('b', 0)).toBe(true);
});

test('a call that was not admitted does not count: after a minute the next 30 pass', () => {
	const window = new RateWindow();
	for (let ms = 0; ms < 60_000; ms += 100) window.admit('a', ms);
	const next = Array.from({ length: 31 }, () => window.admit('a', 63_000));
	expect(next.filter(Boolean)).toHaveLength(30);
});

test('remembers a bounded number of keys and forgets the one that asked longest ago', () => {
	const window = new RateWindow({ max: 1, keysMax: 2 });
	for (const key of ['a', 'b', 'a', 'c']) window.admit(key, 0);
	expect(window.size).toBe(2);
	expect(window.admit('a', 0)).toBe(false);
	expect(window.admit('b', 0)).toBe(true);
});

test('in no window of a minute are more than 30 admitted', () => {
	const property = fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), (gaps) => {
		const window = new RateWindow();
		const admittedAt: number[] = [];
		let nowMs = 0;
		for (const gap of gaps) {
			nowMs += gap;
			if (window.admit('a', nowMs)) admittedAt.push(nowMs);
		}
		for (const start of admittedAt) expect(admittedAt.filter((at) => at >= start && at < start + 60_000).length).toBeLessThanOrEqual(30);
	});
	fc.assert(property, { numRuns: 100 });
});
