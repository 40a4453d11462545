import { describe, expect, test } from 'vitest';
import { startsAroundTheWrap } from './received-packet.fixture.ts';
import { ReceiverStats } from './receiver-stats.ts';

describe.each(startsAroundTheWrap)('reception from sequence number %i', (start) => {
	function statsOf(received: readonly number[]): ReceiverStats {
		const stats = new ReceiverStats(7);
		for (const packet of received) stats.packet((start + packet) & 0xffff, packet * 960, 48000, packet * 20);
		return stats;
	}

	test('without loss reports none', () => {
		expect(statsOf([0, 1, 2, 4, 3, 5]).report(1000)).toMatchObject({
			ssrc: 7,
			fractionLost: 0,
			cumulativeLost: 0,
			highestSequence: start + 5,
		});
	});

	test('counts losses since the start and since the last report', () => {
		const stats = statsOf([0, 1, 2, 5, 6, 7]);
		expect(stats.report(1000)).toMatchObject({ fractionLost: 64, cumulativeLost: 2 });
		for (const packet of [8, 9, 10, 11]) stats.packet((start + packet) & 0xffff, 0, 48000, 0);
		expect(stats.report(2000)).toMatchObject({ fractionLost: 0, cumulativeLost: 2, highestSequence: start + 11 });
		expect(stats.report(3000)).toMatchObject({ fractionLost: 0, cumulativeLost: 2 });
	});

	test('a late packet makes good for its loss', () => {
		const stats = statsOf([0, 1, 3]);
		expect(stats.report(1000)?.cumulativeLost).toBe(1);
		stats.packet((start + 2) & 0xffff, 0, 48000, 0);
		expect(stats.report(2000)).toMatchObject({ fractionLost: 0, cumulativeLost: 0 });
	});
});

test('the highest sequence number counts cycles', () => {
	const stats = new ReceiverStats(7);
	for (let packet = 0; packet <= 150_000; packet++) stats.packet(packet & 0xffff, 0, 90000, 0);
	expect(stats.report(0)).toMatchObject({ highestSequence: 150_000, cumulativeLost: 0 });
});

test('packets that never came in a whole interval are a fraction of 255', () => {
	const stats = new ReceiverStats(7);
	stats.packet(0, 0, 90000, 0);
	stats.report(0);
	stats.packet(2999, 0, 90000, 0);
	expect(stats.report(0)?.fractionLost).toBe(255);
});

test('a stray number is ignored; a restart begins anew', () => {
	const stats = new ReceiverStats(7);
	stats.packet(0, 0, 90000, 0);
	stats.packet(40000, 0, 90000, 0);
	stats.packet(1, 0, 90000, 0);
	expect(stats.report(0)).toMatchObject({ highestSequence: 1, cumulativeLost: 0 });
	stats.packet(40000, 0, 90000, 0);
	stats.packet(40001, 0, 90000, 0);
	stats.packet(40002, 0, 90000, 0);
	expect(stats.report(0)).toMatchObject({ highestSequence: 40002, cumulativeLost: 0, fractionLost: 0 });
});

test('evenly spaced packets have no jitter; the smoothed deviation of others is in ticks', () => {
	const stats = new ReceiverStats(7);
	for (let packet = 0; packet < 50; packet++) stats.packet(packet, (0xffffff00 + packet * 960) >>> 0, 48000, packet * 20);
	expect(stats.report(0)?.jitterTicks).toBe(0);
	// Every second packet 10 ms late: each spacing is 480 ticks off.
	for (let packet = 50; packet < 450; packet++) {
		stats.packet(packet, (0xffffff00 + packet * 960) >>> 0, 48000, packet * 20 + (packet % 2) * 10);
	}
	expect(stats.report(0)?.jitterTicks).toBeGreaterThan(475);
	expect(stats.report(0)?.jitterTicks).toBeLessThanOrEqual(480);
});

test('tells how long ago the last sender report came', () => {
	const stats = new ReceiverStats(7);
	expect(stats.report(0)).toBeUndefined();
	stats.packet(0, 0, 90000, 0);
	expect(stats.report(0)).toMatchObject({ lastSenderReport: 0, delaySinceLast: 0 });
	stats.senderReport(0xabcd1234, 1000);
	expect(stats.report(1500)).toMatchObject({ lastSenderReport: 0xabcd1234, delaySinceLast: 32768 });
});
