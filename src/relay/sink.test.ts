import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelReceiver } from './model-receiver.fixture.ts';
import { startsAroundTheWrap } from './received-packet.fixture.ts';
import { Sink } from './sink.ts';

/** The index that the sink gives a packet; undefined when it is not sent. */
function indexIn(sink: Sink, extendedSequence: number): number | undefined {
	return sink.place(extendedSequence) ? sink.rollover * 0x10000 + sink.sequence : undefined;
}

function expectReceivable(first: number, lost: ReadonlySet<number>, count: number): void {
	const sink = new Sink();
	const receiver = new ModelReceiver();
	let wrong = 0;
	for (let packet = 0; packet < count; packet++) {
		const index = indexIn(sink, first + packet);
		if (!lost.has(packet) && receiver.indexOf(sink.sequence) !== index) wrong++;
	}
	expect(wrong).toBe(0);
}

test('a viewer who joins in mid-cycle sees the numbers of the source', () => {
	const sink = new Sink();
	expect(sink.place(3 * 0x10000 + 1000)).toBe(true);
	expect([sink.sequence, sink.rollover]).toEqual([1000, 0]);
	for (let packet = 1001; packet <= 0x10005; packet += 1000) sink.place(3 * 0x10000 + packet);
	expect(sink.place(4 * 0x10000 + 5)).toBe(true);
	expect([sink.sequence, sink.rollover]).toEqual([5, 1]);
});

test('a viewer who joins ten packets before the wrap and loses the first twenty knows every index', () => {
	expectReceivable(0x10000 - 10, new Set(Array.from({ length: 20 }, (_, index) => index)), 200);
	expectReceivable(7 * 0x10000 - 10, new Set(Array.from({ length: 20 }, (_, index) => index)), 140_000);
});

test('the first 4,096 packets may be lost, wherever a viewer joins', () => {
	const lost = new Set(Array.from({ length: 4096 }, (_, index) => index));
	for (const first of [0, 1, 0x7fff, 0x8000, 0x10000 - 4097, 0x10000 - 4096, 0x10000 - 4095, 0x10000 - 1]) {
		expectReceivable(5 * 0x10000 + first, lost, 9000);
	}
});

describe.each(startsAroundTheWrap)('a viewer who joins at %i', (start) => {
	test('has the same index for the same packet, in any order', () => {
		const sink = new Sink();
		const first = 0x20000 + start;
		const packets = [0, 3, 1, 2, 3, 0, 9];
		const indexes = packets.map((packet) => indexIn(sink, first + packet));
		const base = indexes[0] ?? 0;
		expect(indexes).toEqual(packets.map((packet) => base + packet));
	});

	test('is not sent what is older than its first packet', () => {
		const sink = new Sink();
		sink.place(0x20000 + start);
		expect(sink.place(0x20000 + start - 1)).toBe(false);
	});
});

test('after a long pause a viewer can still follow, and is not sent what is older', () => {
	for (const pause of [4097, 0x7fff, 0x8000, 0x10000, 0x18000, 1_000_000]) {
		const sink = new Sink();
		const receiver = new ModelReceiver();
		const before = indexIn(sink, 100);
		receiver.indexOf(sink.sequence);
		const after = indexIn(sink, 100 + pause);
		expect(after).toBe((before ?? 0) + 2);
		expect(receiver.indexOf(sink.sequence)).toBe(after);
		expect(sink.place(99 + pause)).toBe(false);
		expect(indexIn(sink, 101 + pause)).toBe((before ?? 0) + 3);
	}
});

test('a pause the receiver can follow changes no number', () => {
	const sink = new Sink();
	sink.place(100);
	expect(indexIn(sink, 100 + 4096)).toBe(4196);
	expect(indexIn(sink, 150)).toBe(150);
});

test('no two different packets share an index, and a packet has one index or none', () => {
	const step = fc.oneof(
		{ weight: 6, arbitrary: fc.integer({ min: -30, max: 60 }) },
		{ weight: 1, arbitrary: fc.integer({ min: -5000, max: 200_000 }) },
	);
	fc.assert(
		fc.property(fc.nat(0x30000), fc.array(step, { maxLength: 300 }), (first, steps) => {
			const sink = new Sink();
			const packetOf = new Map<number, number>();
			const indexOf = new Map<number, number>();
			let packet = first;
			for (const each of [0, ...steps]) {
				packet = Math.max(0, packet + each);
				const index = indexIn(sink, packet);
				if (index === undefined) continue;
				if ((packetOf.get(index) ?? packet) !== packet || (indexOf.get(packet) ?? index) !== index) return false;
				packetOf.set(index, packet);
				indexOf.set(packet, index);
			}
			return true;
		}),
		{ numRuns: 300 },
	);
});

describe('a packet left out for a viewer', () => {
	test('leaves no gap behind', () => {
		const sink = new Sink();
		expect(indexIn(sink, 100)).toBe(100);
		expect([101, 102].map((packet) => sink.skip(packet))).toEqual([true, true]);
		expect(indexIn(sink, 103)).toBe(101);
		expect(sink.skip(104)).toBe(true);
		expect([105, 106].map((packet) => indexIn(sink, packet))).toEqual([102, 103]);
	});

	test('has no number when it comes again', () => {
		const sink = new Sink();
		sink.place(100);
		sink.skip(101);
		sink.place(102);
		expect(sink.place(101)).toBe(false);
		expect(sink.skip(101)).toBe(true);
	});

	test('is better sent when it comes late, for its number is reserved', () => {
		const sink = new Sink();
		sink.place(100);
		expect(indexIn(sink, 102)).toBe(102);
		expect(sink.skip(101)).toBe(false);
		expect(indexIn(sink, 101)).toBe(101);
	});
});

test('a missing packet between skipped ones finds its place when it is repaired', () => {
	const sink = new Sink();
	sink.place(100);
	sink.skip(101);
	sink.skip(103);
	expect(indexIn(sink, 104)).toBe(102);
	expect(indexIn(sink, 102)).toBe(101);
});

test('hours of skipped packets with losses in between leave the receiver able to follow', () => {
	const sink = new Sink();
	const receiver = new ModelReceiver();
	expect(indexIn(sink, 100)).toBe(receiver.indexOf(sink.sequence));
	for (let packet = 101; packet < 1_000_000; packet++) if (packet % 20 !== 0) sink.skip(packet);
	expect(sink.place(999_980)).toBe(false);
	expect(indexIn(sink, 1_000_000)).toBe(102);
	expect(receiver.indexOf(sink.sequence)).toBe(102);
});

describe('a viewer who starts over', () => {
	test('gets the next packet right behind the last that was sent, however long the pause', () => {
		for (const pause of [1, 50, 5000, 70_000]) {
			const sink = new Sink();
			indexIn(sink, 100);
			sink.startOver();
			expect(indexIn(sink, 100 + pause)).toBe(101);
			expect(indexIn(sink, 101 + pause)).toBe(102);
		}
	});

	test('may be given packets a second time, under numbers never used', () => {
		const sink = new Sink();
		for (let packet = 100; packet < 200; packet++) sink.place(packet);
		sink.startOver(150);
		expect(sink.place(149)).toBe(false);
		expect(indexIn(sink, 150)).toBe(200);
		expect(indexIn(sink, 199)).toBe(249);
	});

	test('finds nothing from before', () => {
		const sink = new Sink();
		for (let packet = 100; packet < 200; packet++) sink.place(packet);
		sink.startOver();
		expect(sink.lookup(150)).toBe(false);
		sink.place(170);
		expect(sink.lookup(199)).toBe(false);
		expect(sink.lookup(200)).toBe(true);
		expect(sink.extendedSequence).toBe(170);
	});
});

describe.each(startsAroundTheWrap)('a viewer who joined 60 packets before %i', (start) => {
	const first = 0x20000 + start - 60;

	test('finds every packet by the number it has, across wrap, skips and losses', () => {
		const sink = new Sink();
		const known = new Map<number, number>();
		for (let packet = first; packet < first + 120; packet++) {
			if (packet % 7 === 3) sink.skip(packet);
			else if (packet % 11 !== 5 && sink.place(packet)) known.set(packet, sink.rollover * 0x10000 + sink.sequence);
		}
		for (const [packet, index] of known) {
			expect(sink.lookup(index & 0xffff)).toBe(true);
			expect([sink.extendedSequence, sink.rollover * 0x10000 + sink.sequence]).toEqual([packet, index]);
		}
	});

	test('finds nothing before the first packet or after the last', () => {
		const sink = new Sink();
		const indexes = [0, 1, 2].map((packet) => indexIn(sink, first + packet) ?? 0);
		expect(sink.lookup(((indexes[0] ?? 0) - 1) & 0xffff)).toBe(false);
		expect(sink.lookup(((indexes[2] ?? 0) + 1) & 0xffff)).toBe(false);
	});
});

test('a lost packet is found before and after it was repaired, and its number is not given to another', () => {
	const sink = new Sink();
	sink.place(100);
	sink.place(102);
	expect(sink.lookup(101)).toBe(true);
	expect([sink.extendedSequence, sink.sequence]).toEqual([101, 101]);
	sink.skip(103);
	sink.skip(105);
	// 104 is missing, and looked up under 103: from now on that number may have been sent.
	expect(sink.lookup(103)).toBe(true);
	expect(sink.extendedSequence).toBe(104);
	sink.startOver();
	expect(indexIn(sink, 200)).toBe(104);
});

test('whatever is placed, skipped, looked up and started over, no two packets share an index and the receiver follows', () => {
	type Step = { readonly act: 'place' | 'skip' | 'lookup' | 'startOver'; readonly by: number; readonly arrives: boolean };
	const step: fc.Arbitrary<Step> = fc.record({
		act: fc.constantFrom('place', 'place', 'place', 'skip', 'skip', 'lookup', 'lookup', 'startOver'),
		by: fc.oneof(
			{ weight: 12, arbitrary: fc.integer({ min: -20, max: 30 }) },
			{ weight: 1, arbitrary: fc.integer({ min: -3000, max: 100_000 }) },
		),
		arrives: fc.boolean(),
	});
	fc.assert(
		fc.property(fc.nat(0x30000), fc.array(step, { maxLength: 300 }), (first, steps) => {
			const sink = new Sink();
			const receiver = new ModelReceiver();
			const packetOf = new Map<number, number>();
			let received = false;
			let newest = 0;
			const sent = (packet: number, arrives: boolean): void => {
				const index = sink.rollover * 0x10000 + sink.sequence;
				expect(packetOf.get(index) ?? packet).toBe(packet);
				packetOf.set(index, packet);
				// What is far behind is dropped as a replay, whatever roll-over the receiver makes of it.
				if (arrives && (!received || index > newest - 0x4000)) {
					expect(receiver.indexOf(sink.sequence)).toBe(index);
					received = true;
					newest = Math.max(newest, index);
				}
			};
			let packet = first + 1;
			// The first packet always arrives: how many may be lost before it has a test of its own.
			for (const { act, by, arrives } of [{ act: 'place', by: 0, arrives: true }, ...steps]) {
				if (act === 'startOver') sink.startOver();
				else if (act === 'lookup') {
					if (sink.lookup((sink.sequence + by) & 0xffff)) sent(sink.extendedSequence, arrives);
				} else {
					packet = Math.max(0, packet + by);
					if (act === 'skip') sink.skip(packet);
					else if (sink.place(packet)) sent(packet, arrives);
				}
			}
		}),
		{ numRuns: 400 },
	);
});
