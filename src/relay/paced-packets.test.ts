import { describe, expect, it } from 'vitest';
import { MAX_PACED_PACKETS, NOT_YET, PacedPackets } from './paced-packets.ts';

const TICK_MS = 25;
const PACKET_BYTES = 1000;

/** Asks on every tick until nothing is left; when each packet went. */
function drain(packets: PacedPackets, paceBps: number, fromMs = 0): { number: number; atMs: number }[] {
	const sent: { number: number; atMs: number }[] = [];
	for (let nowMs = fromMs; !packets.empty; nowMs += TICK_MS) {
		for (let number = packets.next(nowMs); number !== NOT_YET; number = packets.next(nowMs)) {
			sent.push({ number, atMs: nowMs });
			packets.sent(PACKET_BYTES, paceBps, nowMs);
		}
	}
	return sent;
}

function filled(count: number): PacedPackets {
	const packets = new PacedPackets();
	for (let number = 0; number < count; number++) packets.add(number);
	return packets;
}

describe('PacedPackets', () => {
	it('sends in order, at the pace', () => {
		const sent = drain(filled(40), 80_000);
		expect(sent.map(({ number }) => number)).toEqual(Array.from({ length: 40 }, (_, number) => number));
		expect(sent.at(-1)?.atMs).toBeGreaterThanOrEqual(3800);
		expect(sent.at(-1)?.atMs).toBeLessThanOrEqual(4000);
		for (let second = 0; second < 4; second++) {
			expect(sent.filter(({ atMs }) => atMs >= 1000 * second && atMs < 1000 * (second + 1)).length).toBeLessThanOrEqual(11);
		}
	});

	it('keeps a pace of several packets a tick', () => {
		const sent = drain(filled(400), 1_600_000);
		expect(sent.at(-1)?.atMs).toBeGreaterThanOrEqual(1900);
		expect(sent.at(-1)?.atMs).toBeLessThanOrEqual(2000);
	});

	it('does not save up what was not used', () => {
		const packets = filled(1);
		drain(packets, 80_000);
		for (let number = 0; number < 10; number++) packets.add(number);
		expect(drain(packets, 80_000, 60_000).filter(({ atMs }) => atMs === 60_000)).toHaveLength(1);
	});

	it('sends everything at once without a pace', () => {
		expect(drain(filled(50), Number.POSITIVE_INFINITY).every(({ atMs }) => atMs === 0)).toBe(true);
	});

	it('takes a bounded number, over and over, and forgets what is cleared', () => {
		const packets = filled(MAX_PACED_PACKETS);
		expect(packets.add(9999)).toBe(false);
		expect(drain(packets, 1e9)).toHaveLength(MAX_PACED_PACKETS);
		expect(packets.add(7)).toBe(true);
		packets.clear();
		expect([packets.empty, packets.next(1e9)]).toEqual([true, NOT_YET]);
	});
});
