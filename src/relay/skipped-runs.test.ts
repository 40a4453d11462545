import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_NUMBER, RUN_LIMIT, SkippedRuns } from './skipped-runs.ts';

test('without skips every packet keeps its own number', () => {
	const runs = new SkippedRuns();
	runs.reset(100);
	expect([99, 100, 5000].map((packet) => runs.numberOf(packet))).toEqual([NO_NUMBER, 100, 5000]);
	expect([99, 100, 5000].map((number) => runs.packetOf(number))).toEqual([NO_NUMBER, 100, 5000]);
});

test('packets after skipped ones close up, missing ones keep their number', () => {
	const runs = new SkippedRuns();
	runs.reset(7);
	runs.skip(8);
	runs.skip(9);
	runs.skip(12);
	expect([7, 8, 9, 10, 11, 12, 13].map((packet) => runs.numberOf(packet))).toEqual([7, NO_NUMBER, NO_NUMBER, 8, 9, NO_NUMBER, 10]);
	expect([7, 8, 9, 10, 11].map((number) => runs.packetOf(number))).toEqual([7, 10, 11, 13, 14]);
});

test('numbers and packets agree with a table kept by hand, whatever is skipped', () => {
	const steps = fc.array(fc.record({ gap: fc.nat(3), skip: fc.boolean() }), { maxLength: 200 });
	fc.assert(
		fc.property(fc.nat(100_000), steps, (first, choices) => {
			const runs = new SkippedRuns();
			runs.reset(first);
			const skipped = new Set<number>();
			let packet = first;
			for (const { gap, skip } of choices) {
				packet += 1 + gap;
				if (!skip) continue;
				runs.skip(packet);
				skipped.add(packet);
			}
			let number = first;
			for (let each = first; each <= packet + 5; each++) {
				if (skipped.has(each)) {
					expect(runs.numberOf(each)).toBe(NO_NUMBER);
					continue;
				}
				expect(runs.numberOf(each)).toBe(number);
				expect(runs.packetOf(number)).toBe(each);
				number++;
			}
		}),
		{ numRuns: 200 },
	);
});

test('with every other packet skipped for long, the last 2,046 are known and older ones have no number', () => {
	const runs = new SkippedRuns();
	runs.reset(0);
	const last = 10 * RUN_LIMIT;
	for (let packet = 1; packet <= last; packet += 2) runs.skip(packet);
	for (let packet = last; packet > last - 2 * RUN_LIMIT + 2; packet -= 2) {
		expect(runs.numberOf(packet)).toBe(packet / 2);
		expect(runs.packetOf(packet / 2)).toBe(packet);
	}
	expect(runs.numberOf(0)).toBe(NO_NUMBER);
	expect(runs.packetOf(0)).toBe(NO_NUMBER);
});
