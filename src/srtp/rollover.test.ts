import { expect, test } from 'vitest';
import { estimateIndex } from './rollover.ts';

test('the estimate is the index nearest to the highest one, on both sides of a wrap', () => {
	expect(estimateIndex(65535, 0)).toBe(65536);
	expect(estimateIndex(65536, 65535)).toBe(65535);
	expect(estimateIndex(65530, 20)).toBe(65556);
	expect(estimateIndex(65556, 65531)).toBe(65531);
	expect(estimateIndex(100, 99)).toBe(99);
	expect(estimateIndex(65536 * 7 + 40000, 39999)).toBe(65536 * 7 + 39999);
	expect(estimateIndex(65536 * 7 + 40000, 3)).toBe(65536 * 8 + 3);
	expect(estimateIndex(65536 * 7 + 10, 65000)).toBe(65536 * 6 + 65000);
});

test('a packet from before the first wrap of a stream that began after it has no index', () => {
	expect(estimateIndex(3, 65530)).toBe(-1);
});

test('an index within 32,767 of the highest is always found again', () => {
	for (let highest = 60000; highest < 200000; highest += 997) {
		for (const distance of [-32767, -1000, -1, 0, 1, 1000, 32767]) {
			const index = highest + distance;
			expect(estimateIndex(highest, index % 65536)).toBe(index);
		}
	}
});
