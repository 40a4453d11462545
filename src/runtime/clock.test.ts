import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('a timer fires once, not before its time', async () => {
	const startMs = systemClock.nowMs();
	const elapsedMs = await new Promise<number>((resolve) => {
		systemClock.setTimer(() => resolve(systemClock.nowMs() - startMs), 20);
		// The clock's own timers do not hold the process; this one keeps the test's event loop alive meanwhile.
		setTimeout(() => undefined, 200);
	});
	expect(elapsedMs).toBeGreaterThanOrEqual(19);
});

test('a cancelled timer stays silent, and cancelling twice is harmless', async () => {
	let fired = false;
	const cancel = systemClock.setTimer(() => {
		fired = true;
	}, 5);
	cancel();
	cancel();
	await new Promise((resolve) => setTimeout(resolve, 25));
	expect(fired).toBe(false);
});

test('monotonic time and wall time are milliseconds', () => {
	expect(systemClock.nowMs()).toBeLessThanOrEqual(systemClock.nowMs());
	expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(1000);
});
