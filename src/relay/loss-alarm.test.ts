import { describe, expect, it } from 'vitest';
import { LossAlarm } from './loss-alarm.ts';

/** Reports of 25 packets four times a second. */
function hear(alarm: LossAlarm, fractionLost: number, fromMs: number, untilMs: number): LossAlarm {
	for (let nowMs = fromMs; nowMs < untilMs; nowMs += 250) alarm.report(25 * fractionLost, 25, nowMs);
	return alarm;
}

describe('LossAlarm', () => {
	it('is quiet on a good link, and about a single packet', () => {
		const alarm = hear(new LossAlarm(), 0.01, 0, 10_000);
		alarm.report(1, 1, 10_000);
		expect(alarm.isRaised(10_000)).toBe(false);
	});

	it('is quiet before it has heard enough', () => {
		const alarm = new LossAlarm();
		alarm.report(3, 4, 0);
		expect(alarm.isRaised(0)).toBe(false);
	});

	it('is raised by lasting loss, and for ten seconds after it', () => {
		const alarm = hear(new LossAlarm(), 0.1, 0, 5000);
		expect(alarm.isRaised(5000)).toBe(true);
		hear(alarm, 0, 5000, 30_000);
		expect(alarm.isRaised(14_000)).toBe(true);
		expect(alarm.isRaised(20_000)).toBe(false);
	});
});
