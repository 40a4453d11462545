import { expect, test } from 'vitest';
import { ManualClock } from '../../test/signaling/support/manual-clock.ts';
import { Alarm } from './alarm.ts';

test('an alarm rings once, at the time that was set last', () => {
	const clock = new ManualClock();
	const startMs = clock.nowMs();
	const rung: number[] = [];
	const alarm = new Alarm(clock, () => rung.push(clock.nowMs() - startMs));
	alarm.set(startMs + 10);
	alarm.set(startMs + 30);
	clock.advance(100);
	expect(rung).toEqual([30]);
	alarm.set(startMs);
	clock.advance(0);
	expect(rung).toEqual([30, 100]);
	alarm.set(startMs + 200);
	alarm.set(undefined);
	clock.advance(1000);
	expect(rung).toHaveLength(2);
	expect(clock.timers).toBe(0);
});
