import { describe, expect, test } from 'vitest';
import { writeGenericNack } from '../rtcp/generic-nack.ts';
import { MAX_ASKED_AT_ONCE, NackGenerator } from './nack-generator.ts';
import { startsAroundTheWrap } from './received-packet.fixture.ts';

/** A generator that has received `received`, given as distances from `start`, at time 0. */
function generatorAfter(start: number, received: readonly number[]): NackGenerator {
	const generator = new NackGenerator();
	for (const distance of received) generator.packet((start + distance) & 0xffff, 0);
	return generator;
}

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from }, (_, index) => from + index);
}

describe.each(startsAroundTheWrap)('from %i', (start) => {
	const numbers = (...distances: readonly number[]) => distances.map((distance) => (start + distance) & 0xffff);

	test('gaps are asked for in order once two later packets have come', () => {
		const generator = generatorAfter(start, [0, 3, 7]);
		expect(generator.nextMs).toBe(0);
		expect(generator.due(0)).toEqual(numbers(1, 2, 4, 5));
		expect(generator.due(0)).toEqual([]);
		generator.packet((start + 8) & 0xffff, 1);
		expect(generator.due(1)).toEqual(numbers(6));
	});

	test('a single later packet is enough after 10 ms', () => {
		const generator = generatorAfter(start, [0, 2]);
		expect(generator.due(9)).toEqual([]);
		expect(generator.nextMs).toBe(10);
		expect(generator.due(10)).toEqual(numbers(1));
	});

	test('packets that swapped places are not asked for', () => {
		const generator = generatorAfter(start, [0, 2, 1, 4, 3, 6, 5]);
		expect(generator.outstanding).toBe(0);
		expect(generator.due(100)).toEqual([]);
		expect(generator.nextMs).toBe(Number.POSITIVE_INFINITY);
	});

	test('what arrives is not asked for again, the rest is, with longer and longer waits', () => {
		const generator = generatorAfter(start, [0, 5]);
		expect(generator.due(10)).toEqual(numbers(1, 2, 3, 4));
		generator.packet((start + 2) & 0xffff, 110);
		const asked: number[] = [];
		for (let ms = 110; ms < 1000; ms++) {
			const due = generator.due(ms);
			if (due.length === 0) continue;
			expect(due).toEqual(numbers(1, 3, 4));
			asked.push(ms);
		}
		expect(asked.length).toBeGreaterThanOrEqual(2);
		expect(asked.length).toBeLessThan(8);
		const waits = asked.slice(1).map((ms, index) => ms - (asked[index] ?? 0));
		for (const [index, wait] of waits.slice(1).entries()) expect(wait).toBeGreaterThan(waits[index] ?? 0);
	});

	test('what does not come within a second is given up, and that is told once', () => {
		const generator = generatorAfter(start, [0, 2]);
		for (let ms = 10; ms < 1000; ms += 5) {
			generator.due(ms);
			expect(generator.takeLostForGood()).toBe(false);
		}
		generator.due(1000);
		expect(generator.outstanding).toBe(0);
		expect(generator.takeLostForGood()).toBe(true);
		expect(generator.takeLostForGood()).toBe(false);
		expect(generator.nextMs).toBe(Number.POSITIVE_INFINITY);
	});

	test('what is missing before a keyframe is asked for once, but for what lies right before it', () => {
		const generator = generatorAfter(start, [0, 3, 6, 8]);
		generator.keyframe((start + 6) & 0xffff);
		expect(generator.due(10)).toEqual(numbers(1, 2, 4, 5, 7));
		expect(generator.outstanding).toBe(3);
		expect(generator.due(500)).toEqual(numbers(4, 5, 7));
	});

	test('what was asked for before the keyframe came is not asked for again, and its loss needs no other keyframe', () => {
		const generator = generatorAfter(start, [0, 3]);
		expect(generator.due(10)).toEqual(numbers(1, 2));
		generator.packet((start + 4) & 0xffff, 20);
		generator.keyframe((start + 4) & 0xffff);
		expect(generator.outstanding).toBe(0);
		for (let ms = 20; ms < 3000; ms += 10) expect(generator.due(ms)).toEqual([]);
		expect(generator.takeLostForGood()).toBe(false);
	});

	test('a keyframe after the loss needs no other', () => {
		const generator = generatorAfter(start, [0, 2]);
		generator.due(10);
		generator.due(1500);
		generator.packet((start + 3) & 0xffff, 1501);
		generator.keyframe((start + 3) & 0xffff);
		expect(generator.takeLostForGood()).toBe(false);
	});

	test('a hole of a thousand packets is asked for whole, in portions of one datagram', () => {
		const generator = generatorAfter(start, [0, 1001]);
		const asked: number[] = [];
		while (generator.nextMs <= 10) {
			const due = generator.due(10);
			expect(due.length).toBeLessThanOrEqual(MAX_ASKED_AT_ONCE);
			asked.push(...due);
		}
		expect(asked).toEqual(numbers(...range(1, 1001)));
	});

	test('a bigger one is given up at once, with all that was missing, and the stream goes on', () => {
		const generator = generatorAfter(start, [0, 2, 1004]);
		expect(generator.takeLostForGood()).toBe(true);
		expect(generator.outstanding).toBe(0);
		generator.packet((start + 1006) & 0xffff, 5);
		expect(generator.due(15)).toEqual(numbers(1005));
	});
});

test('many small holes are bounded like a big one', () => {
	const generator = new NackGenerator();
	for (let packet = 0; packet < 100_000; packet += 2) {
		generator.packet(packet & 0xffff, packet / 1000);
		expect(generator.outstanding).toBeLessThanOrEqual(1000);
	}
	expect(generator.takeLostForGood()).toBe(true);
});

test('after ten requests nobody is asked any more', () => {
	const generator = new NackGenerator();
	let ms = 0;
	// A link that answers in 5 ms, so that ten requests fit in a second.
	for (let packet = 0; packet < 400; packet += 2) {
		generator.packet(packet, ms);
		ms += 15;
		if (generator.due(ms - 5).length > 0) generator.packet(packet - 1, ms);
	}
	generator.packet(500, ms);
	const asked = new Map<number, number>();
	for (const until = ms + 1100; ms < until; ms++) {
		for (const sequence of generator.due(ms)) asked.set(sequence, (asked.get(sequence) ?? 0) + 1);
	}
	expect(asked.size).toBe(101);
	expect(new Set(asked.values())).toEqual(new Set([10]));
	expect(generator.takeLostForGood()).toBe(true);
});

test('on a link slower than the first guess requests are soon made only once', () => {
	const generator = new NackGenerator();
	const answers: { readonly atMs: number; readonly sequence: number }[] = [];
	let early = 0;
	let late = 0;
	for (let ms = 0, packet = 0; ms < 20_000; ms += 10) {
		while ((answers[0]?.atMs ?? Number.POSITIVE_INFINITY) <= ms) generator.packet(answers.shift()?.sequence ?? 0, ms);
		if (packet % 10 !== 5) generator.packet(packet & 0xffff, ms);
		packet++;
		for (const sequence of generator.due(ms)) {
			answers.push({ atMs: ms + 350, sequence });
			if (ms < 2000) early++;
			else if (ms >= 10_000) late++;
		}
	}
	// A packet in ten is lost: 20 in the first two seconds, 100 in the last ten.
	expect(early).toBeGreaterThan(20);
	expect(late).toBeLessThan(110);
});

test('a sender that begins elsewhere is followed, and a keyframe asked for', () => {
	const generator = new NackGenerator();
	for (const sequence of [5000, 5001, 5002, 100, 101]) generator.packet(sequence, 0);
	expect(generator.takeLostForGood()).toBe(true);
	generator.packet(103, 0);
	expect(generator.due(10)).toEqual([102]);
});

test('the widest NACK fits in a datagram', () => {
	const scattered = range(0, MAX_ASKED_AT_ONCE).map((index) => (index * 20) & 0xffff);
	expect(writeGenericNack({ type: 'generic-nack', senderSsrc: 1, mediaSsrc: 2, sequences: scattered }).length).toBeLessThan(1100);
});
