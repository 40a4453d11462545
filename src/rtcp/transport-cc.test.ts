import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtcp, writeRtcp } from './compound.ts';
import {
	MAX_DELTA_TICKS,
	MAX_STATUS_COUNT,
	MIN_DELTA_TICKS,
	referenceTimeOf,
	type TransportCcFeedback,
	ticksAfter,
	writeTransportCc,
} from './transport-cc.ts';

function feedback(arrivals: readonly (number | undefined)[], other: Partial<TransportCcFeedback> = {}): TransportCcFeedback {
	return {
		type: 'transport-cc',
		senderSsrc: 1,
		mediaSsrc: 2,
		baseSequence: 0xfffa,
		referenceTime: 0xfffffe,
		feedbackCount: 255,
		arrivals,
		...other,
	};
}

function readBack(value: TransportCcFeedback): unknown {
	const bytes = writeTransportCc(value);
	expect(bytes.length % 4).toBe(0);
	const packets = parseRtcp(bytes, bytes.length);
	expect(packets).toHaveLength(1);
	return packets[0];
}

/** Arrivals from steps: a gap, a small delta, or a large or negative one. */
const arrivals = fc
	.array(
		fc.oneof(
			{ weight: 3, arbitrary: fc.constant('gap' as const) },
			{ weight: 6, arbitrary: fc.integer({ min: 0, max: 255 }) },
			{ weight: 2, arbitrary: fc.integer({ min: MIN_DELTA_TICKS, max: MAX_DELTA_TICKS }) },
			{ weight: 1, arbitrary: fc.constantFrom(MIN_DELTA_TICKS, -1, 0, 255, 256, MAX_DELTA_TICKS) },
		),
		{ minLength: 1, maxLength: 120 },
	)
	.map((steps) => {
		let ticks = 0;
		return steps.map((step) => {
			if (step === 'gap') return undefined;
			ticks += step;
			return ticks;
		});
	});

describe('transport-cc feedback', () => {
	it('reads back what it writes: gaps, large and negative deltas, every mixture', () => {
		fc.assert(
			fc.property(
				arrivals,
				fc.integer({ min: 0, max: 0xffff }),
				fc.integer({ min: 0, max: 0xffffff }),
				(list, baseSequence, referenceTime) => {
					const value = feedback(list, { baseSequence, referenceTime });
					expect(readBack(value)).toEqual(value);
				},
			),
			{ numRuns: 300 },
		);
	});

	it('reads back long runs, received and lost', () => {
		for (const length of [7, 8, 13, 14, 15, 100, MAX_STATUS_COUNT]) {
			const steady = feedback(Array.from({ length }, (_, i) => 4 * i));
			expect(readBack(steady)).toEqual(steady);
			const lost = feedback([1, ...new Array<undefined>(length - 2).fill(undefined), 9]);
			expect(readBack(lost)).toEqual(lost);
		}
	});

	it('is compact for a steady stream: one chunk and a byte a packet', () => {
		expect(writeTransportCc(feedback(Array.from({ length: 50 }, (_, i) => 8 * i)))).toHaveLength(20 + 2 + 50);
	});

	it('has the layout of the draft', () => {
		const bytes = writeTransportCc(feedback([4, undefined, 8, 1000], { baseSequence: 0x0102, referenceTime: 0x030405, feedbackCount: 6 }));
		// Two-bit vector 01 00 01 10 …, deltas 4, 4 and 992, no padding needed beyond two bytes.
		expect([...bytes]).toEqual([0xaf, 205, 0, 6, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 0, 4, 3, 4, 5, 6, 0xd1, 0x80, 4, 4, 0x03, 0xe0, 0, 2]);
	});

	it('reads a packet whose end is filled with zeros without the padding bit', () => {
		const bytes = Uint8Array.from([0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 9, 0, 1, 0, 0, 1, 0, 0x20, 0x01, 7, 0]);
		expect(parseRtcp(bytes, bytes.length)).toMatchObject([{ baseSequence: 9, referenceTime: 1, arrivals: [7] }]);
	});

	it('refuses the reserved symbol, empty runs, missing chunks and missing deltas', () => {
		const head = [0, 0, 0, 1, 0, 0, 0, 2, 0, 9];
		const bodies = [
			[...head, 0, 1, 0, 0, 1, 0, 0x60, 0x01, 7, 0], // run of the reserved symbol
			[...head, 0, 1, 0, 0, 1, 0, 0xf0, 0x00, 7, 0], // vector with it
			[...head, 0, 1, 0, 0, 1, 0, 0x20, 0x00, 0, 0], // run of nothing, then nothing
			[...head, 0, 9, 0, 0, 1, 0, 0x20, 0x02, 0x20, 0x02], // five statuses missing
			[...head, 0, 3, 0, 0, 1, 0, 0x20, 0x03, 7, 0], // one delta missing
			[...head, 0, 0, 0, 0, 1, 0, 0x20, 0x00, 7, 0], // no status at all
			[...head, 0xff, 0xff, 0, 0, 1, 0, 0x1f, 0xff, 0x1f, 0xff], // more statuses than the limit
		];
		for (const body of bodies) {
			const bytes = Uint8Array.from([0x8f, 205, 0, body.length / 4, ...body]);
			expect(parseRtcp(bytes, bytes.length)).toEqual([]);
		}
	});

	it('refuses to write what no delta can hold, and says so before anything is sent', () => {
		expect(() => writeRtcp([feedback([0, MAX_DELTA_TICKS + 1])])).toThrow(RangeError);
		expect(() => writeRtcp([feedback([0, MIN_DELTA_TICKS - 1])])).toThrow(RangeError);
		expect(() => writeRtcp([feedback([])])).toThrow(RangeError);
	});

	it('counts arrival times from the 64 ms step below the first', () => {
		expect(referenceTimeOf(130)).toBe(2);
		expect(ticksAfter(130, 130)).toBe(8);
		expect(ticksAfter(130, 131.25)).toBe(13);
		expect(ticksAfter(130, 100)).toBe(-112);
		expect(referenceTimeOf(64 * 0x1000000 + 64)).toBe(1);
	});

	it('never throws on garbage', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 12, maxLength: 60 }), (tail) => {
				const bytes = Uint8Array.from([0x8f, 205, 0, 0, ...tail.subarray(0, tail.length - (tail.length % 4))]);
				bytes[3] = bytes.length / 4 - 1;
				expect(parseRtcp(bytes, bytes.length).length).toBeLessThanOrEqual(1);
			}),
		);
	});
});
