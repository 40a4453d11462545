import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outboundPacket } from './outbound-packet.fixture.ts';
import { KEYFRAME_START, PacketCache, videoCacheLimits } from './packet-cache.ts';

const FRAME_TICKS = 3000;

/** Stores packets of which each is a frame of its own, but for those in `sameFrame`. */
class Source {
	readonly cache = new PacketCache(videoCacheLimits);
	nowMs = 0;

	store(extendedSequence: number, flags = 0, timestamp = extendedSequence * FRAME_TICKS, length = 1000): void {
		this.cache.store(extendedSequence, outboundPacket(extendedSequence, timestamp, length), length, flags, this.nowMs);
	}

	storeAll(...packets: readonly number[]): void {
		for (const packet of packets) this.store(packet);
	}

	get groupStart(): number {
		return this.cache.groupStart(this.nowMs);
	}
}

describe('a kept packet', () => {
	test('comes back as it was, with its flags', () => {
		const source = new Source();
		source.store(70_000, 0x8000 | KEYFRAME_START, 5, 777);
		const packet = source.cache.get(70_000);
		expect(packet).toMatchObject({ length: 777, flags: 0x8001 });
		expect(packet?.bytes.subarray(0, 777)).toEqual(outboundPacket(70_000, 5, 777));
		expect(source.cache.lengthOf(70_000)).toBe(777);
	});

	test('may be patched for one viewer without harm to the next', () => {
		const source = new Source();
		source.storeAll(1, 2);
		source.cache.get(1)?.bytes.fill(0xff);
		expect(source.cache.get(1)?.bytes.subarray(0, 1000)).toEqual(outboundPacket(1, FRAME_TICKS));
	});

	test('is not overwritten by another with its number', () => {
		const source = new Source();
		source.store(1, 0, 5, 500);
		source.store(1, 0, 9, 800);
		expect(source.cache.lengthOf(1)).toBe(500);
	});

	test('may come late', () => {
		const source = new Source();
		source.storeAll(1, 3, 2);
		expect([1, 2, 3].map((packet) => source.cache.lengthOf(packet))).toEqual([1000, 1000, 1000]);
	});
});

test('what was never stored is not there', () => {
	const source = new Source();
	expect(source.cache.get(-1)).toBeUndefined();
	source.storeAll(10, 12);
	expect([-1, 0, 9, 11, 13, 10 + 2048].map((packet) => source.cache.get(packet))).toEqual(Array(6).fill(undefined));
});

describe('the group since the last keyframe', () => {
	test('begins with its first packet and goes on until the next', () => {
		const source = new Source();
		expect(source.groupStart).toBe(-1);
		source.storeAll(1, 2);
		expect(source.groupStart).toBe(-1);
		source.store(3, KEYFRAME_START);
		source.storeAll(4, 5);
		expect(source.groupStart).toBe(3);
		source.store(6, KEYFRAME_START);
		expect(source.groupStart).toBe(6);
	});

	test('is not to be had while a packet is missing, and is when the packet comes late', () => {
		const source = new Source();
		source.store(1, KEYFRAME_START);
		source.storeAll(2, 5, 6);
		expect(source.groupStart).toBe(-1);
		source.store(4);
		expect(source.groupStart).toBe(-1);
		source.store(3);
		expect(source.groupStart).toBe(1);
	});

	test('starts at the parameter sets when the picture that follows looks like a start too', () => {
		const source = new Source();
		source.store(1);
		source.store(2, KEYFRAME_START, 90_000);
		source.store(3, KEYFRAME_START, 90_000);
		expect(source.groupStart).toBe(2);
	});

	test('waits for parameter sets that may have been lost right before it', () => {
		const source = new Source();
		source.store(1);
		source.store(3, KEYFRAME_START, 90_000);
		source.store(4);
		expect(source.groupStart).toBe(-1);
		source.store(2, KEYFRAME_START, 90_000);
		expect(source.groupStart).toBe(2);
	});

	test('takes what was lost right before it for the end of the frame before, when it turns out so', () => {
		const source = new Source();
		source.store(1);
		source.store(3, KEYFRAME_START);
		source.storeAll(2);
		expect(source.groupStart).toBe(3);
	});

	test('is known when the start itself comes late', () => {
		const source = new Source();
		source.store(1, KEYFRAME_START);
		source.storeAll(2, 4, 6);
		source.store(3, KEYFRAME_START);
		expect(source.groupStart).toBe(-1);
		source.store(5);
		expect(source.groupStart).toBe(3);
	});

	test('stays when an earlier keyframe comes late', () => {
		const source = new Source();
		source.storeAll(1, 3);
		source.store(4, KEYFRAME_START);
		source.store(2, KEYFRAME_START);
		expect(source.groupStart).toBe(4);
	});

	test('is not to be had when it is old, too long, or ended', () => {
		const source = new Source();
		source.store(1, KEYFRAME_START);
		source.nowMs = 10_001;
		source.store(2);
		expect(source.groupStart).toBe(-1);

		source.store(3, KEYFRAME_START);
		for (let packet = 4; packet < 3 + 2048; packet++) source.store(packet, 0, 0, 100);
		expect(source.groupStart).toBe(3);
		source.store(3 + 2048, 0, 0, 100);
		expect(source.groupStart).toBe(-1);

		source.store(3000, KEYFRAME_START);
		source.cache.endGroup();
		expect(source.groupStart).toBe(-1);
	});

	test('is the one that a plain list of packets tells, in any order of arrival', () => {
		const arrivals = fc.array(fc.record({ packet: fc.integer({ min: 0, max: 40 }), keyframe: fc.boolean() }), { maxLength: 60 });
		fc.assert(
			fc.property(arrivals, (packets) => {
				const source = new Source();
				const keyframes = new Map<number, boolean>([[99, false]]);
				source.storeAll(99);
				for (const { packet: each, keyframe } of packets) {
					const packet = 100 + each;
					source.store(packet, keyframe ? KEYFRAME_START : 0);
					if (!keyframes.has(packet)) keyframes.set(packet, keyframe);
				}
				const first = Math.max(-1, ...[...keyframes].filter(([, isStart]) => isStart).map(([packet]) => packet));
				const last = Math.max(...keyframes.keys());
				let complete = first !== -1;
				for (let packet = first - 1; packet <= last; packet++) complete &&= keyframes.has(packet);
				expect(source.groupStart).toBe(complete ? first : -1);
			}),
			{ numRuns: 300 },
		);
	});
});

describe('memory', () => {
	test('no more than 3 MiB hold what a fast source sends, and always the newest', () => {
		const source = new Source();
		for (let packet = 0; packet < 6000; packet++) {
			source.nowMs = packet;
			source.store(packet, 0, packet, 1500);
		}
		expect(source.cache.allocatedBytes).toBeLessThanOrEqual(3 * 1024 * 1024);
		for (let packet = 6000 - 1900; packet < 6000; packet++) {
			expect(source.cache.get(packet)?.bytes).toEqual(outboundPacket(packet, packet, 1500));
		}
	});

	test('a slow source takes what ten seconds of it need', () => {
		const source = new Source();
		for (let packet = 0; packet < 3000; packet++) {
			source.nowMs = packet * 40;
			source.store(packet);
		}
		expect(source.cache.allocatedBytes).toBeLessThan(2 * 250_000);
	});

	test('a quiet source gives everything back, and goes on afterwards', () => {
		const source = new Source();
		source.store(0, KEYFRAME_START);
		for (let packet = 1; packet < 500; packet++) source.store(packet);
		source.nowMs = 10_001;
		source.cache.release(source.nowMs);
		expect(source.cache.allocatedBytes).toBe(0);
		expect(source.cache.get(499)).toBeUndefined();
		expect(source.groupStart).toBe(-1);
		source.store(500, KEYFRAME_START);
		source.store(501);
		expect(source.groupStart).toBe(500);
		expect(source.cache.lengthOf(500)).toBe(1000);
	});
});

test('the rate is that of the last second', () => {
	const source = new Source();
	for (let packet = 0; packet < 1000; packet++) {
		source.nowMs = packet * 4;
		source.store(packet);
	}
	expect(source.cache.rateBps(3999)).toBe(2_000_000);
});
