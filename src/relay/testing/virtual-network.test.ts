import { describe, expect, test } from 'vitest';
import type { LinkQuality } from './virtual-link.ts';
import { VirtualNetwork } from './virtual-network.ts';

interface Arrival {
	readonly packet: number;
	readonly atMs: number;
}

/** Sends `count` packets of 1,000 bytes, one each `everyMs`, and tells what comes. */
function arrivals(quality: LinkQuality, count = 10_000, everyMs = 4, seed = 7): Arrival[] {
	const network = new VirtualNetwork(seed);
	const arrived: Arrival[] = [];
	const link = network.link<number>(quality, (packet) => arrived.push({ packet, atMs: network.nowMs }));
	for (let packet = 0; packet < count; packet++) network.at(packet * everyMs, () => link.send(packet, 1000));
	network.run(count * everyMs + 60_000);
	expect(link.sent).toBe(count);
	return arrived;
}

test('things happen at their time, and in the order planned within one', () => {
	const network = new VirtualNetwork();
	const seen: string[] = [];
	network.at(20, () => seen.push(`c${network.nowMs}`));
	network.at(10, () => seen.push(`a${network.nowMs}`));
	network.at(10, () => seen.push(`b${network.nowMs}`));
	let ticks = 0;
	network.every(15, () => ++ticks < 2);
	network.run(10);
	expect(seen).toEqual(['a10', 'b10']);
	network.run(1000);
	expect(seen).toEqual(['a10', 'b10', 'c20']);
	expect(ticks).toBe(2);
	expect(network.nowMs).toBe(1010);
});

test('a link without faults delivers everything at once, in order', () => {
	expect(arrivals({}, 100)).toEqual(Array.from({ length: 100 }, (_, packet) => ({ packet, atMs: packet * 4 })));
});

test('the same seed plays the same way, another differently', () => {
	const quality = { loss: 0.2, jitterMs: 30, reorder: 0.1, reorderMs: 20, duplicate: 0.1 };
	expect(arrivals(quality, 500)).toEqual(arrivals(quality, 500));
	expect(arrivals(quality, 500)).not.toEqual(arrivals(quality, 500, 4, 8));
});

test('the share asked for is lost', () => {
	const share = 1 - arrivals({ loss: 0.05 }).length / 10_000;
	expect(share).toBeGreaterThan(0.04);
	expect(share).toBeLessThan(0.06);
});

test('bursts lose the share asked for, in runs of the length asked for', () => {
	const packets = arrivals({ bursts: { loss: 0.15, length: 5 } }).map(({ packet }) => packet);
	const holes = packets.slice(1).map((packet, index) => packet - (packets[index] ?? 0) - 1);
	const runs = holes.filter((length) => length > 0);
	const lost = runs.reduce((sum, length) => sum + length, 0);
	expect(lost / 10_000).toBeGreaterThan(0.12);
	expect(lost / 10_000).toBeLessThan(0.18);
	expect(lost / runs.length).toBeGreaterThan(4);
	expect(lost / runs.length).toBeLessThan(6);
});

describe('time', () => {
	test('delay and jitter keep the order', () => {
		const arrived = arrivals({ delayMs: 50, jitterMs: 20 }, 1000);
		const delays = arrived.map(({ packet, atMs }) => atMs - packet * 4);
		expect(Math.min(...delays)).toBeGreaterThanOrEqual(50);
		expect(Math.max(...delays)).toBeLessThanOrEqual(70);
		expect(Math.max(...delays)).toBeGreaterThan(65);
		expect(arrived.map(({ packet }) => packet)).toEqual(Array.from({ length: 1000 }, (_, packet) => packet));
	});

	test('reordered packets are overtaken', () => {
		const packets = arrivals({ reorder: 0.1, reorderMs: 10 }, 1000).map(({ packet }) => packet);
		const overtaken = packets.filter((packet, index) => packet < Math.max(0, ...packets.slice(0, index)));
		expect(overtaken.length).toBeGreaterThan(50);
		expect(new Set(packets).size).toBe(1000);
	});
});

test('duplicates come twice', () => {
	const packets = arrivals({ duplicate: 0.1 }, 1000).map(({ packet }) => packet);
	expect(packets.length).toBeGreaterThan(1050);
	expect(new Set(packets).size).toBe(1000);
});

test('a slow link delivers at its rate, delays by its queue and drops what does not fit', () => {
	// 2 Mbit/s are offered.
	const arrived = arrivals({ rateBps: 1_000_000, queueBytes: 10_000 }, 1000);
	expect(arrived.length).toBeGreaterThanOrEqual(500);
	expect(arrived.length).toBeLessThanOrEqual(515);
	const delays = arrived.map(({ packet, atMs }) => atMs - packet * 4);
	expect(Math.max(...delays)).toBeLessThanOrEqual(80);
	for (const [index, { atMs }] of arrived.slice(1).entries()) expect(atMs - (arrived[index]?.atMs ?? 0)).toBeGreaterThanOrEqual(7.999);
});
