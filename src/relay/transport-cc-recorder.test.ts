import { describe, expect, test } from 'vitest';
import { parseRtcp } from '../rtcp/compound.ts';
import type { TransportCcFeedback } from '../rtcp/transport-cc.ts';
import { startsAroundTheWrap } from './received-packet.fixture.ts';
import { TransportCcRecorder } from './transport-cc-recorder.ts';

const serverSsrc = 1;
const mediaSsrc = 0x5555;

function feedbackOf(recorder: TransportCcRecorder, nowMs: number): TransportCcFeedback | undefined {
	const bytes = recorder.build(nowMs);
	if (bytes === undefined) return undefined;
	const [packet] = parseRtcp(bytes, bytes.length);
	if (packet?.type !== 'transport-cc') throw new Error('no transport-cc feedback');
	return packet;
}

/** Arrival times in milliseconds, by position from the base on. */
function arrivalsOf(feedback: TransportCcFeedback | undefined): (number | undefined)[] {
	if (feedback === undefined) return [];
	return feedback.arrivals.map((ticks) => (ticks === undefined ? undefined : feedback.referenceTime * 64 + ticks / 4));
}

describe.each(startsAroundTheWrap)('transport-wide sequence numbers from %i', (start) => {
	const at = (packet: number) => (start + packet) & 0xffff;

	test('are reported with their arrivals, gaps and reordering', () => {
		const recorder = new TransportCcRecorder(serverSsrc);
		for (const [packet, ms] of [
			[0, 1000],
			[1, 1005.25],
			[4, 1010],
			[3, 1012.5],
		] as const) {
			recorder.record(at(packet), mediaSsrc, ms);
		}
		const feedback = feedbackOf(recorder, 1100);
		expect(feedback).toMatchObject({ senderSsrc: serverSsrc, mediaSsrc, baseSequence: at(0), feedbackCount: 0 });
		expect(arrivalsOf(feedback)).toEqual([1000, 1005.25, undefined, 1012.5, 1010]);
		expect(recorder.build(1100)).toBeUndefined();
	});

	test('go on where the last feedback ended, losses in between included', () => {
		const recorder = new TransportCcRecorder(serverSsrc);
		recorder.record(at(0), mediaSsrc, 1000);
		feedbackOf(recorder, 1000);
		recorder.record(at(3), mediaSsrc, 1050);
		const feedback = feedbackOf(recorder, 1100);
		expect(feedback).toMatchObject({ baseSequence: at(1), feedbackCount: 1 });
		expect(arrivalsOf(feedback)).toEqual([undefined, undefined, 1050]);
	});

	test('are reported again from a packet on that came late', () => {
		const recorder = new TransportCcRecorder(serverSsrc);
		recorder.record(at(0), mediaSsrc, 1000);
		recorder.record(at(2), mediaSsrc, 1010);
		feedbackOf(recorder, 1100);
		recorder.record(at(1), mediaSsrc, 1110);
		const feedback = feedbackOf(recorder, 1200);
		expect(feedback?.baseSequence).toBe(at(1));
		expect(arrivalsOf(feedback)).toEqual([1110, 1010]);
	});
});

test('feedback is due at once, then every 100 ms while packets come, and sooner after a hundred of them', () => {
	const recorder = new TransportCcRecorder(serverSsrc);
	expect(recorder.nextMs).toBe(Number.POSITIVE_INFINITY);
	recorder.record(0, mediaSsrc, 1000);
	expect(recorder.nextMs).toBe(1000);
	recorder.build(1000);
	expect(recorder.nextMs).toBe(Number.POSITIVE_INFINITY);
	recorder.record(1, mediaSsrc, 1020);
	expect(recorder.nextMs).toBe(1100);
	for (let packet = 2; packet <= 100; packet++) recorder.record(packet, mediaSsrc, 1030);
	expect(recorder.nextMs).toBe(1030);
});

test('duplicates keep their first arrival and ask for nothing', () => {
	const recorder = new TransportCcRecorder(serverSsrc);
	recorder.record(5, mediaSsrc, 1000);
	recorder.build(1000);
	recorder.record(5, mediaSsrc, 1050);
	expect(recorder.nextMs).toBe(Number.POSITIVE_INFINITY);
	expect(recorder.build(1100)).toBeUndefined();
});

test('a silence too long for one delta is split over two packets of feedback', () => {
	const recorder = new TransportCcRecorder(serverSsrc);
	recorder.record(0, mediaSsrc, 1000);
	recorder.record(1, mediaSsrc, 30_000);
	expect(arrivalsOf(feedbackOf(recorder, 30_000))).toEqual([1000]);
	expect(recorder.nextMs).toBe(30_000);
	const second = feedbackOf(recorder, 30_000);
	expect(second?.baseSequence).toBe(1);
	expect(arrivalsOf(second)).toEqual([30_000]);
});

test('a long session is reported completely, over wraps of sequence, feedback count and reference time', () => {
	const recorder = new TransportCcRecorder(serverSsrc);
	const originMs = 2 ** 24 * 64 - 60_000;
	const arrived: number[] = [];
	for (let packet = 0; packet < 70_000; packet++) {
		const nowMs = originMs + packet * 2;
		recorder.record(packet & 0xffff, mediaSsrc, nowMs);
		if (nowMs < recorder.nextMs) continue;
		const feedback = feedbackOf(recorder, nowMs);
		arrived.push(...(feedback?.arrivals.filter((ticks) => ticks !== undefined) ?? []));
	}
	expect(arrived.length).toBeGreaterThan(69_900);
});

test('no sequence of numbers makes a packet beyond the MTU or an endless report', () => {
	const recorder = new TransportCcRecorder(serverSsrc);
	let state = 1;
	const random = (below: number) => {
		state = (state * 48271) % 0x7fffffff;
		return state % below;
	};
	let packets = 0;
	let largest = 0;
	for (let round = 0; round < 300; round++) {
		const nowMs = 1000 + round * 100;
		for (let packet = 0; packet < 200; packet++) {
			// By turns: leaps anywhere, a swarm inside the window, alternating ends with large deltas.
			const sequence = round % 3 === 0 ? random(0x10000) : round % 3 === 1 ? 3000 + random(1024) : 9000 + (packet % 2) * 1000 + packet;
			recorder.record(sequence, mediaSsrc, nowMs + random(100));
		}
		for (let built = recorder.build(nowMs); built !== undefined; built = recorder.build(nowMs)) {
			packets++;
			largest = Math.max(largest, built.length);
		}
	}
	expect(largest).toBeLessThanOrEqual(1200);
	expect(packets).toBeLessThan(300 * 20);
});

test('after a leap the numbers are followed from there', () => {
	const recorder = new TransportCcRecorder(serverSsrc);
	for (const sequence of [100, 40_000, 10]) {
		recorder.record(sequence, mediaSsrc, 1000);
		recorder.record(sequence + 1, mediaSsrc, 1001);
		const feedback = feedbackOf(recorder, 1100);
		expect(feedback?.baseSequence).toBe(sequence);
		expect(arrivalsOf(feedback)).toEqual([1000, 1001]);
	}
});
