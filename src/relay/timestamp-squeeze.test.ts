import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference32 } from '../rtp/sequence.ts';
import { writeTimestamp } from './outbound-packet.ts';
import { readTimestamp, TimestampSqueeze } from './timestamp-squeeze.ts';

test('timestamps before the join move up to it, those from the join on stay', () => {
	const squeeze = new TimestampSqueeze();
	squeeze.begin(10, 20, 100_000, 10);
	expect([70_000, 99_990, 99_999, 100_000, 100_500].map((timestamp) => squeeze.apply(15, timestamp))).toEqual([
		97_000, 99_999, 100_000, 100_000, 100_500,
	]);
});

test('packets from before the burst or after the join are left alone', () => {
	const squeeze = new TimestampSqueeze();
	expect(squeeze.apply(0, 5)).toBe(5);
	squeeze.begin(10, 20, 100_000, 10);
	expect([9, 20].map((packet) => squeeze.apply(packet, 70_000))).toEqual([70_000, 70_000]);
});

test('the order is kept and frames stay apart, also across the wrap of timestamps', () => {
	fc.assert(
		fc.property(
			fc.nat(0xffffffff),
			fc.integer({ min: 2, max: 300 }),
			fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 }),
			(join, factor, steps) => {
				const squeeze = new TimestampSqueeze();
				squeeze.begin(0, 1000, join, factor);
				let timestamp = join;
				let before = join;
				for (const step of steps) {
					timestamp = (timestamp - step) >>> 0;
					const squeezed = squeeze.apply(1, timestamp);
					const apart = difference32(squeezed, before);
					expect(apart).toBeGreaterThanOrEqual(step >= factor ? 1 : 0);
					expect(apart).toBeLessThanOrEqual(Math.ceil(step / factor));
					before = squeezed;
				}
			},
		),
		{ numRuns: 200 },
	);
});

test('a packet is patched in place', () => {
	const squeeze = new TimestampSqueeze();
	squeeze.begin(1, 2, 0x00000010, 16);
	const packet = new Uint8Array(20);
	writeTimestamp(packet, 0xfffff010);
	squeeze.patch(1, packet);
	expect(readTimestamp(packet)).toBe(0xffffff10);
	squeeze.patch(2, packet);
	expect(readTimestamp(packet)).toBe(0xffffff10);
});
