import { expect, test } from 'vitest';
import { MAX_ROAMING_FEEDBACK_PER_SECOND, ROAMING_FEEDBACK_MS } from './media-limits.ts';
import { RoamingFeedback } from './roaming-feedback.ts';

const selected = { address: '192.0.2.1', port: 5000 };
const elsewhere = { address: '192.0.2.1', port: 6000 };
const third = { address: '198.51.100.7', port: 5000 };

test('feedback is copied to nobody before media has come from another address', () => {
	expect(new RoamingFeedback().take(50, selected, 0)).toBeUndefined();
});

test('feedback is copied to where media comes from, until that has ceased or is the selected path', () => {
	const feedback = new RoamingFeedback();
	feedback.mediaFrom(elsewhere, 1200, 0);
	expect(feedback.take(50, selected, ROAMING_FEEDBACK_MS)).toEqual(elsewhere);
	expect(feedback.take(50, selected, ROAMING_FEEDBACK_MS + 1)).toBeUndefined();

	feedback.mediaFrom(elsewhere, 1200, 5000);
	expect(feedback.take(50, elsewhere, 5000)).toBeUndefined();
	expect(feedback.take(50, selected, 5000)).toBeUndefined();
});

test('less goes there than came from there, headers counted', () => {
	const feedback = new RoamingFeedback();
	let received = 0;
	let sent = 0;
	for (let nowMs = 0; nowMs < 10_000; nowMs += 20) {
		feedback.mediaFrom(elsewhere, 100, nowMs);
		received += 100 + 28;
		for (let time = 0; time < 5; time += 1) if (feedback.take(40, selected, nowMs) !== undefined) sent += 40 + 28;
	}
	expect(sent).toBeGreaterThan(0);
	expect(sent).toBeLessThan(received);
});

test('another address begins with what it has sent itself, and only the last one is served', () => {
	const feedback = new RoamingFeedback();
	for (let packet = 0; packet < 10; packet += 1) feedback.mediaFrom(elsewhere, 1200, 0);
	feedback.mediaFrom(third, 120, 0);
	expect(feedback.take(60, selected, 0)).toEqual(third);
	expect(feedback.take(60, selected, 0)).toBeUndefined();
});

test('there are so many copies a second however much media comes', () => {
	const feedback = new RoamingFeedback();
	let copies = 0;
	for (let nowMs = 0; nowMs < 3000; nowMs += 2) {
		feedback.mediaFrom(elsewhere, 1200, nowMs);
		if (feedback.take(50, selected, nowMs) !== undefined) copies += 1;
	}
	expect(copies).toBe(3 * MAX_ROAMING_FEEDBACK_PER_SECOND);
});
