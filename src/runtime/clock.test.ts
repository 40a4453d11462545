import { expect, test } from 'vitest';
import { ManualClock } from '../../test/signaling/support/manual-clock.ts';
import { Alarm } from './alarm.ts';
import { guardedClock, systemClock } from './clock.ts';

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

test('a fault in one timer of a guarded clock is told, and the others ring', () => {
	const inner = new ManualClock();
	const faults: unknown[] = [];
	const clock = guardedClock(inner, (fault) => faults.push(fault));
	const fault = new Error('a bug');
	let rang = false;
	const failing = new Alarm(clock, () => {
		throw fault;
	});
	failing.set(clock.nowMs() + 10);
	clock.setTimer(() => {
		rang = true;
	}, 20);
	const cancel = clock.setTimer(() => expect.unreachable(), 30);
	cancel();
	inner.advance(100);
	expect(faults).toEqual([fault]);
	expect(rang).toBe(true);
	expect(inner.timers).toBe(0);
});

test('a guarded clock tells the same time', () => {
	const inner = new ManualClock();
	const clock = guardedClock(inner, () => {});
	expect([clock.nowMs(), clock.wallMs()]).toEqual([inner.nowMs(), inner.wallMs()]);
});
