import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startsAroundTheWrap } from './received-packet.fixture.ts';
import { REFUSED, SequenceLine } from './sequence-line.ts';

const wrap = (sequence: number) => sequence & 0xffff;

describe.each(startsAroundTheWrap)('a line of received numbers from %i', (start) => {
	/** The outbound numbers relative to the first, which is 500; a trailing `p` marks a packet of padding alone. */
	function outboundOf(received: readonly string[]): (number | undefined)[] {
		const line = new SequenceLine(500);
		return received.map((item, index) => {
			const sequence = wrap(start + Number.parseInt(item, 10));
			const placed = index === 0 ? line.open(sequence) : line.place(sequence, !item.endsWith('p'));
			return placed === REFUSED ? undefined : placed - 500;
		});
	}

	test('keeps order, loss and reordering as they were received', () => {
		expect(outboundOf(['0', '1', '2', '5', '4', '6', '3', '9'])).toEqual([0, 1, 2, 5, 4, 6, 3, 9]);
	});

	test('refuses what was sent before its first packet, and duplicates', () => {
		expect(outboundOf(['0', '-1', '1', '1', '-3', '0', '2'])).toEqual([0, undefined, 1, undefined, undefined, undefined, 2]);
	});

	test('closes the gaps that padding leaves', () => {
		expect(outboundOf(['0', '1p', '2', '3p', '4p', '5p', '6'])).toEqual([0, undefined, 1, undefined, undefined, undefined, 2]);
	});

	test('places a late packet from before padding where it belongs', () => {
		expect(outboundOf(['0', '3p', '4', '1', '2', '5'])).toEqual([0, undefined, 3, 1, 2, 4]);
		expect(outboundOf(['0', '3p', '2', '1', '4'])).toEqual([0, undefined, 2, 1, 3]);
	});

	test('leaves the number of late padding unused', () => {
		expect(outboundOf(['0', '2', '1p', '3'])).toEqual([0, 2, undefined, 3]);
	});

	test('drops a stray number and follows a restart from its second packet on, one number left out', () => {
		expect(outboundOf(['0', '20000', '1', '20001', '2'])).toEqual([0, undefined, 1, undefined, 2]);
		expect(outboundOf(['0', '20000', '20001', '20002', '20001'])).toEqual([0, undefined, 2, 3, undefined]);
		expect(outboundOf(['0', '-20000', '-19999', '-19998'])).toEqual([0, undefined, 2, 3]);
	});
});

test('a new line goes on right behind the highest number, also behind padding', () => {
	const line = new SequenceLine(65535);
	expect(line.open(10)).toBe(65535);
	expect(line.place(11, true)).toBe(65536);
	expect(line.place(12, false)).toBe(REFUSED);
	expect(line.open(40000)).toBe(65537);
	expect(line.place(40001, true)).toBe(65538);
});

test('counts on over many wraps', () => {
	const line = new SequenceLine(65000);
	line.open(0);
	let last = 0;
	for (let packet = 1; packet <= 200_000; packet++) last = line.place(wrap(packet), true);
	expect(last).toBe(265_000);
});

test('after more runs of padding than are remembered, only the oldest late packets are lost', () => {
	const line = new SequenceLine(0);
	line.open(0);
	// 2 is still missing when 100 runs of padding have come.
	for (let run = 1; run <= 100; run++) {
		line.place(3 * run, false);
		line.place(3 * run + 1, true);
	}
	expect(line.place(2, true)).toBe(REFUSED);
	expect(line.place(299, true)).not.toBe(REFUSED);
});

test('no outbound number is ever given twice, whatever a sender does', () => {
	const step = fc.oneof(
		{ weight: 8, arbitrary: fc.record({ step: fc.integer({ min: -40, max: 40 }), payload: fc.boolean() }) },
		{ weight: 2, arbitrary: fc.record({ step: fc.integer({ min: -32768, max: 32767 }), payload: fc.boolean() }) },
		{ weight: 1, arbitrary: fc.record({ step: fc.integer({ min: 0, max: 65535 }), open: fc.constant(true) }) },
	);
	fc.assert(
		fc.property(fc.nat(65535), fc.nat(65535), fc.array(step, { maxLength: 400 }), (first, start, steps) => {
			const line = new SequenceLine(first);
			const given = new Set([line.open(start)]);
			let sequence = start;
			for (const each of steps) {
				sequence = wrap(sequence + each.step);
				const placed = 'open' in each ? line.open(sequence) : line.place(sequence, each.payload);
				if (placed === REFUSED) continue;
				if (given.has(placed) || placed < first) return false;
				given.add(placed);
			}
			return true;
		}),
		{ numRuns: 300 },
	);
});

test('an honest stream with padding, loss and reordering is forwarded whole, in order and without gaps of its own', () => {
	fc.assert(
		fc.property(
			fc.nat(65535),
			fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }),
			fc.array(fc.nat(3), { maxLength: 200 }),
			(start, padding, delays) => {
				const line = new SequenceLine(7);
				// Packets that carry payload are delayed by up to three places; padding is on time, as it is sent when nothing else is.
				const sent = padding.map((isPadding, index) => ({
					index: index + 1,
					isPadding,
					due: index + 1 + (isPadding ? 0 : (delays[index] ?? 0)),
				}));
				const arriving = [...sent].sort((a, b) => a.due - b.due || a.index - b.index);
				line.open(start);
				const placed = new Map<number, number>();
				for (const { index, isPadding } of arriving) {
					const number = line.place(wrap(start + index), !isPadding);
					if (!isPadding) placed.set(index, number);
				}
				const inOrder = sent.filter(({ isPadding }) => !isPadding).map(({ index }) => placed.get(index) ?? REFUSED);
				return inOrder.every((number, position) => number !== REFUSED && (position === 0 || number > (inOrder[position - 1] ?? 0)));
			},
		),
		{ numRuns: 200 },
	);
});
