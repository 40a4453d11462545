import { describe, expect, test } from 'vitest';
import { difference32 } from '../rtp/sequence.ts';
import { JoinBurst, NOTHING_NOW } from './join-burst.ts';
import { ModelReceiver } from './model-receiver.fixture.ts';
import { outboundPacket } from './outbound-packet.fixture.ts';
import { KEYFRAME_START, PacketCache, videoCacheLimits } from './packet-cache.ts';
import { startsAroundTheWrap } from './received-packet.fixture.ts';
import { Sink, WRAP_MARGIN } from './sink.ts';
import { readTimestamp } from './timestamp-squeeze.ts';

const PACKET_BYTES = 1000;
const FRAME_TICKS = 3600;

interface Sent {
	readonly packet: number;
	readonly atMs: number;
	readonly index: number;
	readonly timestamp: number;
}

/** A source of 25 frames a second, four packets each (800 kbit/s), and one viewer who joins by a burst. */
class Scene {
	readonly cache = new PacketCache(videoCacheLimits);
	readonly sink = new Sink();
	readonly burst = new JoinBurst(this.cache, this.sink);
	readonly sent: Sent[] = [];
	watching = false;
	nowMs = 0;
	#next: number;
	readonly #keyframeEvery: number;
	readonly #bytes: number;

	constructor(first: number, keyframeEvery = 400, bytes = PACKET_BYTES) {
		this.#next = first;
		this.#keyframeEvery = keyframeEvery;
		this.#bytes = bytes;
	}

	/** Lets time pass in steps of 10 ms, with a packet of the source in each; those in `missing` are held back. */
	run(ms: number, missing: ReadonlySet<number> = new Set()): void {
		for (const until = this.nowMs + ms; this.nowMs < until; this.nowMs += 10) {
			const packet = this.#next++;
			if (!missing.has(packet)) this.receive(packet);
			if (this.nowMs >= this.burst.nextMs) this.drain();
		}
	}

	/** The source's packet reaches the server. */
	receive(packet: number): void {
		const timestamp = this.timestampOf(packet);
		const isStart = packet % this.#keyframeEvery === 0;
		this.cache.store(packet, outboundPacket(packet, timestamp, this.#bytes), this.#bytes, isStart ? KEYFRAME_START : 0, this.nowMs);
		if (this.watching && !this.burst.covers(packet)) this.#send(packet);
	}

	drain(): void {
		for (let packet = this.burst.next(this.nowMs); packet !== NOTHING_NOW; packet = this.burst.next(this.nowMs)) this.#send(packet);
	}

	/** The source's own. */
	timestampOf(packet: number): number {
		return (Math.floor(packet / 4) * FRAME_TICKS) >>> 0;
	}

	get lastPacket(): number {
		return this.#next - 1;
	}

	#send(packet: number): void {
		const kept = this.cache.get(packet);
		if (kept === undefined || !this.sink.place(packet)) return;
		this.burst.squeeze.patch(packet, kept.bytes);
		const index = this.sink.rollover * 0x10000 + this.sink.sequence;
		this.sent.push({ packet, atMs: this.nowMs, index, timestamp: readTimestamp(kept.bytes) });
	}
}

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function joined(first = 100_000, afterMs = 2990, keyframeEvery = 400, bytes = PACKET_BYTES): Scene {
	const scene = new Scene(first, keyframeEvery, bytes);
	scene.run(afterMs);
	scene.watching = true;
	expect(scene.burst.start(scene.nowMs)).toBe(true);
	return scene;
}

describe('a viewer who joins', () => {
	test('gets everything from the last keyframe on, once, and then live', () => {
		const scene = joined();
		scene.run(3000);
		expect(scene.burst.running).toBe(false);
		expect(scene.sent.map(({ packet }) => packet)).toEqual(range(100_000, scene.lastPacket));
		expect(scene.sent.at(-1)?.atMs).toBe(scene.nowMs - 10);
	});

	test('sees the first frame at once and has caught up within half a second', () => {
		const scene = joined();
		const joinMs = scene.nowMs;
		scene.run(2000);
		expect(scene.sent[3]?.atMs).toBe(joinMs);
		const caughtUp = scene.sent.find(({ packet, atMs }) => packet === 100_000 + atMs / 10);
		expect((caughtUp?.atMs ?? Number.POSITIVE_INFINITY) - joinMs).toBeLessThan(500);
	});

	test('gets no more in any 50 ms than the pace allows', () => {
		const scene = joined(100_000, 2990, 400, 1400);
		scene.run(1000);
		const mostBytes = (2 * 50 + 10) * (8 * 1400 * 0.1);
		for (const { atMs: fromMs } of scene.sent) {
			const bytes = 1400 * scene.sent.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + 50).length;
			expect(bytes).toBeLessThanOrEqual(mostBytes);
		}
	});

	test('sees old frames close before the join, in order and apart, and live ones as they are', () => {
		const scene = joined();
		const join = scene.timestampOf(scene.lastPacket);
		const lastOld = scene.lastPacket;
		scene.run(1000);
		let before = scene.sent[0];
		expect(difference32(before?.timestamp ?? 0, join)).toBeLessThanOrEqual(9000);
		for (const each of scene.sent.slice(1)) {
			const step = difference32(before?.timestamp ?? 0, each.timestamp);
			const isNewFrame = each.packet % 4 === 0;
			expect(step).toBeGreaterThanOrEqual(isNewFrame ? 1 : 0);
			if (!isNewFrame) expect(step).toBe(0);
			if (each.packet > lastOld) expect(each.timestamp).toBe(scene.timestampOf(each.packet));
			before = each;
		}
	});

	test('right behind a keyframe sees its own timestamps', () => {
		const scene = joined(100_000, 60);
		scene.run(500);
		for (const { packet, timestamp } of scene.sent) expect(timestamp).toBe(scene.timestampOf(packet));
	});

	test('is given what comes late where the burst has passed, and by the burst where it has not', () => {
		const scene = joined();
		const late = scene.lastPacket + 5;
		const later = scene.lastPacket + 100;
		scene.run(800, new Set([late, later]));
		expect(scene.burst.running).toBe(false);
		scene.receive(late);
		expect(scene.sent.filter(({ packet }) => packet === late)).toHaveLength(1);
		scene.run(300, new Set([later]));
		scene.receive(later);
		const packets = scene.sent.map(({ packet }) => packet).sort((a, b) => a - b);
		expect(packets).toEqual(range(100_000, scene.lastPacket));
	});

	test('is not sent a late packet from before the keyframe', () => {
		const scene = new Scene(100_000 - 20);
		scene.run(1000, new Set([100_000 - 10]));
		scene.watching = true;
		expect(scene.burst.start(scene.nowMs)).toBe(true);
		scene.receive(100_000 - 10);
		scene.run(100);
		expect(scene.sent[0]?.packet).toBe(100_000);
	});

	test('catches up with a fast source, too', () => {
		// 1,400 bytes every 10 ms is little: here every step carries a packet that stands for 24 Mbit/s.
		const scene = new Scene(100_000, 400, 1400);
		for (; scene.nowMs < 400; scene.nowMs += 10) for (let each = 0; each < 20; each++) scene.receive(100_000 + scene.nowMs * 2 + each);
		scene.watching = true;
		expect(scene.burst.start(scene.nowMs)).toBe(true);
		for (; scene.nowMs < 1500; scene.nowMs += 10) {
			for (let each = 0; each < 20; each++) scene.receive(100_000 + scene.nowMs * 2 + each);
			scene.drain();
		}
		expect(scene.burst.running).toBe(false);
	});
});

test.each(startsAroundTheWrap)(
	'over the wrap, with the source at %i, every index is known to a receiver who loses the beginning',
	(start) => {
		const first = 0x20000 - 400 + (start >= 0x8000 ? start - 0x10000 : start);
		const scene = joined(first - (first % 400));
		scene.run(3000);
		const receiver = new ModelReceiver();
		for (const { index } of scene.sent.slice(20)) expect(receiver.indexOf(index & 0xffff)).toBe(index);
	},
);

test('the longest burst stays within what the wrap rule allows for', () => {
	expect(2 * videoCacheLimits.packets).toBeLessThanOrEqual(WRAP_MARGIN);
});

describe('no burst starts', () => {
	test('before there is a keyframe, or while its group is incomplete', () => {
		const scene = new Scene(100_001);
		expect(scene.burst.start(0)).toBe(false);
		scene.run(1000);
		expect(scene.burst.start(scene.nowMs)).toBe(false);
		scene.run(3500, new Set([100_410]));
		expect(scene.burst.start(scene.nowMs)).toBe(false);
		scene.receive(100_410);
		expect(scene.burst.start(scene.nowMs)).toBe(true);
	});

	test('for a viewer who watches, since it has seen the frames that would come', () => {
		const scene = joined();
		scene.run(500);
		expect(scene.burst.start(scene.nowMs)).toBe(false);
		scene.run(50);
		expect(scene.sent.at(-1)?.packet).toBe(scene.lastPacket);
	});
});

describe('a viewer who comes back to the picture', () => {
	test('gets the group behind what it saw last, and numbers without a gap', () => {
		const scene = joined();
		scene.run(500);
		const last = scene.sent.at(-1);
		scene.watching = false;
		scene.sink.startOver();
		scene.run(300);
		scene.watching = true;
		expect(scene.burst.start(scene.nowMs)).toBe(true);
		const seen = scene.sent.length;
		scene.run(1000);
		const again = scene.sent.slice(seen);
		expect(again[0]?.packet).toBe(100_000);
		expect(again.map(({ index }) => index)).toEqual(range((last?.index ?? 0) + 1, (last?.index ?? 0) + again.length));
		let before = last?.timestamp ?? 0;
		for (const { packet, timestamp } of again) {
			const step = difference32(before, timestamp);
			if (packet % 4 === 0) expect(step).toBeGreaterThan(0);
			else expect(step).toBe(0);
			before = timestamp;
		}
	});
});

test('a packet sent again is the same to the byte', () => {
	const scene = joined();
	scene.run(1000);
	for (const { index, packet, timestamp } of scene.sent) {
		expect(scene.sink.lookup(index & 0xffff)).toBe(true);
		expect(scene.sink.extendedSequence).toBe(packet);
		const kept = scene.cache.get(packet)?.bytes ?? new Uint8Array(20);
		scene.burst.squeeze.patch(packet, kept);
		expect(readTimestamp(kept)).toBe(timestamp);
	}
});
