import { expect, test } from 'vitest';
import { ByteRate } from './byte-rate.ts';

test('bytes count for a second', () => {
	const rate = new ByteRate();
	rate.add(100, 5000);
	rate.add(50, 5450);
	expect(rate.lastSecond(5450)).toBe(150);
	expect(rate.lastSecond(5999)).toBe(150);
	expect(rate.lastSecond(6000)).toBe(50);
	expect(rate.lastSecond(6500)).toBe(0);
});

test('a steady stream counts as what it sends in a second', () => {
	const rate = new ByteRate();
	for (let ms = 0; ms < 10_000; ms += 4) rate.add(1000, ms);
	expect(rate.lastSecond(9999)).toBe(250_000);
});

test('a long silence empties it', () => {
	const rate = new ByteRate();
	rate.add(100, 0);
	expect(rate.lastSecond(1_000_000_000)).toBe(0);
});
