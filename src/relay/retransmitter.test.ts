import { describe, expect, test } from 'vitest';
import { outboundPacket } from './outbound-packet.fixture.ts';
import { PacketCache, videoCacheLimits } from './packet-cache.ts';
import { startsAroundTheWrap } from './received-packet.fixture.ts';
import { NOT_SENT, Retransmitter } from './retransmitter.ts';
import { Sink } from './sink.ts';

const PACKET_BYTES = 1000;

/** A viewer who was sent `count` packets from `first` on, all at time 0. */
function viewer(first: number, count: number) {
	const cache = new PacketCache(videoCacheLimits);
	const sink = new Sink();
	const retransmitter = new Retransmitter(sink, cache, 7);
	for (let packet = first; packet < first + count; packet++) {
		cache.store(packet, outboundPacket(packet, packet, PACKET_BYTES), PACKET_BYTES, 0, 0);
		sink.place(packet);
	}
	return { cache, sink, retransmitter };
}

test.each(startsAroundTheWrap)('a viewer whose packets start at %i is given what it asks for, by the numbers it knows', (start) => {
	const first = 0x20000 + start;
	const { sink, retransmitter } = viewer(first, 20);
	const last = sink.sequence;
	for (let back = 19; back >= 0; back--) {
		expect(retransmitter.answer((last - back) & 0xffff, 50, 10)).toBe(first + 19 - back);
		expect(sink.sequence).toBe((last - back) & 0xffff);
	}
	expect(retransmitter.counts).toEqual({ sent: 20, repeated: 0, refused: 0, unknown: 0 });
});

test('a packet that was left out for the viewer is not sent, however it asks', () => {
	const { sink, cache, retransmitter } = viewer(100, 1);
	for (const packet of [101, 102, 103]) cache.store(packet, outboundPacket(packet, 0), PACKET_BYTES, 0, 0);
	sink.skip(101);
	sink.place(102);
	expect(retransmitter.answer(101, 50, 0)).toBe(102);
	expect(retransmitter.answer(102, 50, 0)).toBe(NOT_SENT);
});

test('what is not kept any more, or was never sent, is counted as unknown', () => {
	const { retransmitter } = viewer(100, 3000);
	expect([99, 150, 3100, 40_000].map((sequence) => retransmitter.answer(sequence, 50, 0))).toEqual(Array(4).fill(NOT_SENT));
	expect(retransmitter.counts.unknown).toBe(4);
});

describe('asked again', () => {
	test('within a round trip, a packet is sent once', () => {
		const { retransmitter } = viewer(100, 10);
		expect(retransmitter.answer(105, 100, 1000)).toBe(105);
		expect([1001, 1020, 1074].map((ms) => retransmitter.answer(105, 100, ms))).toEqual(Array(3).fill(NOT_SENT));
		expect(retransmitter.counts).toMatchObject({ sent: 1, repeated: 3 });
	});

	test('a round trip later, give or take jitter, it is sent again', () => {
		const { retransmitter } = viewer(100, 10);
		expect(retransmitter.answer(105, 100, 1000)).toBe(105);
		expect(retransmitter.answer(105, 100, 1080)).toBe(105);
		expect(retransmitter.answer(105, undefined, 1180)).toBe(105);
	});
});

test('a packet that came late and went out late answers what was asked for meanwhile', () => {
	const { sink, cache, retransmitter } = viewer(100, 1);
	sink.place(102);
	expect(retransmitter.answer(101, 100, 990)).toBe(NOT_SENT);
	cache.store(101, outboundPacket(101, 0), PACKET_BYTES, 0, 1000);
	sink.place(101);
	retransmitter.sentLate(1000);
	expect(retransmitter.answer(101, 100, 1040)).toBe(NOT_SENT);
	expect(retransmitter.answer(101, 100, 1100)).toBe(101);
	expect(retransmitter.counts).toEqual({ sent: 1, repeated: 1, refused: 0, unknown: 1 });
});

describe('repair', () => {
	/** Asks for everything from the last 500 packets, as often as it is allowed to, and tells how many bytes came in `ms`. */
	function repairBytes(retransmitter: Retransmitter, mediaBytesPerMs: number, ms: number): number {
		let bytes = 0;
		for (let now = 0; now < ms; now += 10) {
			retransmitter.media(mediaBytesPerMs * 10, now);
			for (let sequence = 600; sequence < 1100; sequence++) {
				if (retransmitter.answer(sequence, 10, now) !== NOT_SENT) bytes += PACKET_BYTES;
			}
		}
		return bytes;
	}

	test('takes at most half as much as the media sent', () => {
		const { retransmitter } = viewer(100, 1000);
		const bytes = repairBytes(retransmitter, 300, 10_000);
		expect(bytes).toBeLessThanOrEqual(0.5 * 300 * 10_000);
		expect(bytes).toBeGreaterThan(0.4 * 300 * 10_000);
		expect(retransmitter.counts.refused).toBeGreaterThan(0);
	});

	test('takes 32 KiB a second at least, for the keyframe of a slow source', () => {
		const { retransmitter } = viewer(100, 1000);
		const bytes = repairBytes(retransmitter, 1, 10_000);
		expect(bytes).toBeGreaterThanOrEqual(10 * 32_000);
		expect(bytes).toBeLessThanOrEqual(11 * 32_768);
	});
});

describe('the retransmission stream', () => {
	test('counts its own numbers over the wrap', () => {
		const retransmitter = new Retransmitter(new Sink(), new PacketCache(videoCacheLimits), 60_000);
		const numbers: number[][] = [];
		for (let packet = 0; packet < 6000; packet++) {
			retransmitter.nextRtx();
			numbers.push([retransmitter.rtxRollover, retransmitter.rtxSequence]);
		}
		expect(numbers[0]).toEqual([0, 60_000]);
		expect(numbers.slice(5535, 5538)).toEqual([
			[0, 65_535],
			[1, 0],
			[1, 1],
		]);
	});

	test('does not begin near the wrap, where a receiver that misses the first would miscount', () => {
		const retransmitter = new Retransmitter(new Sink(), new PacketCache(videoCacheLimits), 65_000);
		retransmitter.nextRtx();
		expect([retransmitter.rtxRollover, retransmitter.rtxSequence]).toEqual([0, 0]);
	});
});
