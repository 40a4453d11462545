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
