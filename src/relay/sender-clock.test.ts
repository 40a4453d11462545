import { expect, test } from 'vitest';
import { ntpFromMs } from '../rtcp/ntp.ts';
import { FeedClock } from './feed-clock.ts';
import { SenderClock } from './sender-clock.ts';

const video = 90;
const audio = 48;
/** The publisher's wall clock is hours away from the server's. */
const publisherMs = (serverMs: number) => 1_767_225_600_000 + serverMs;
const ntpAt = (serverMs: number) => ntpFromMs(publisherMs(serverMs));

test('before the first packet there is nothing to report', () => {
	const clock = new SenderClock(90000);
	clock.senderReport(new FeedClock(), ntpAt(1000), 500);
	expect(clock.timestampAt(1000)).toBeUndefined();
});

test('before the first report of the publisher the quickest packet tells the time', () => {
	const clock = new SenderClock(90000);
	clock.packet(0, 1, 1000 + 30);
	clock.packet(40 * video, 1, 1040 + 10);
	clock.packet(80 * video, 1, 1080 + 70);
	expect(clock.timestampAt(1200 + 10)).toBe(200 * video);
});

test('the timestamp grows with the clock and wraps', () => {
	const clock = new SenderClock(90000);
	clock.packet(0xffffffff - 44, 1, 1000);
	expect(clock.timestampAt(1001)).toBe(45);
	expect(clock.timestampAt(999)).toBe(0xffffffff - 134);
});

test('sound and picture of one moment have the same time in reports to viewers, however late each arrived', () => {
	const feed = new FeedClock();
	const picture = new SenderClock(90000);
	const sound = new SenderClock(48000);
	// Captured at 0: the picture arrives 80 ms later, the sound 15.
	picture.packet(7000, 1, 80);
	sound.packet(3000, 1, 15);
	picture.senderReport(feed, ntpAt(1000), 7000 + 1000 * video);
	sound.senderReport(feed, ntpAt(3500), 3000 + 3500 * audio);
	for (const nowMs of [4000, 60_000]) {
		const pictureMs = ((picture.timestampAt(nowMs) ?? 0) - 7000) / video;
		const soundMs = ((sound.timestampAt(nowMs) ?? 0) - 3000) / audio;
		expect(Math.abs(pictureMs - soundMs)).toBeLessThan(0.1);
	}
});

test('the first report of the publisher moves nothing, even when it comes late', () => {
	const clock = new SenderClock(90000);
	clock.packet(0, 1, 20);
	const before = clock.timestampAt(5000);
	clock.senderReport(new FeedClock(), ntpAt(1000), 1000 * video);
	expect(clock.timestampAt(5000)).toBe(before);
});

test('drift between the publisher’s two clocks is followed', () => {
	const feed = new FeedClock();
	const clock = new SenderClock(48000);
	clock.packet(0, 1, 0);
	// Its sound card runs 0.1 % fast.
	for (let second = 1; second <= 600; second++) {
		clock.packet(Math.round(second * 48048), 1, second * 1000 + 5);
		clock.senderReport(feed, ntpAt(second * 1000), Math.round(second * 48048));
	}
	expect(Math.abs((clock.timestampAt(600_000) ?? 0) - 600 * 48048)).toBeLessThan(60);
});

test('a report that cannot be is ignored', () => {
	const feed = new FeedClock();
	const clock = new SenderClock(90000);
	clock.packet(0, 1, 0);
	clock.senderReport(feed, { seconds: 0, fraction: 0 }, 777_777);
	clock.senderReport(feed, ntpAt(1000), 1000 * video);
	clock.senderReport(feed, ntpAt(2000), 2000 * video + 11_000 * video);
	clock.senderReport(feed, ntpAt(50_000), 3000 * video);
	expect(clock.timestampAt(4000)).toBe(4000 * video);
});

test('a new line of timestamps begins without what was reported of the old', () => {
	const clock = new SenderClock(90000);
	clock.packet(0, 1, 0);
	clock.senderReport(new FeedClock(), ntpAt(1000), 1000 * video);
	clock.packet(500_000, 2, 9000);
	expect(clock.timestampAt(9010)).toBe(500_000 + 10 * video);
});

test('a publisher that never reports is followed for days', () => {
	const clock = new SenderClock(90000);
	let hour = 0;
	for (; hour <= 72; hour++) clock.packet((hour * 3600_000 * video) % 2 ** 32, 1, hour * 3600_000);
	expect(clock.timestampAt(73 * 3600_000)).toBe((73 * 3600_000 * video) % 2 ** 32);
});
