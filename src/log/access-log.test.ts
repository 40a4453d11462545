import { expect, test } from 'vitest';
import { AccessLog } from './access-log.ts';

function startLog() {
	const lines: { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[] = [];
	const timers = new Map<() => void, number>();
	const setTimer = (fn: () => void, ms: number): (() => void) => {
		timers.set(fn, ms);
		return () => timers.delete(fn);
	};
	const log = new AccessLog({ info: (fields, message) => lines.push({ fields, message }) }, ['GET /duress/listen'], setTimer);
	const fire = (): void => {
		for (const fn of [...timers.keys()]) {
			timers.delete(fn);
			fn();
		}
	};
	return { log, lines, timers, fire };
}

const poll = { method: 'GET', route: '/duress/listen', status: 200, ms: 0.1 };

test('each request is one line', () => {
	const { log, lines } = startLog();
	log.record({ method: 'POST', route: '/duress/help', status: 200, ms: 1.23456, room: 'abcdef01' });
	log.record({ ...poll, status: 500 });
	expect(lines).toEqual([
		{ message: 'request', fields: { method: 'POST', route: '/duress/help', status: 200, ms: 1.23, room: 'abcdef01' } },
		{ message: 'request', fields: { method: 'GET', route: '/duress/listen', status: 500, ms: 0.1 } },
	]);
});

test('polls that were answered 200 are one line a second, and none while nobody polls', () => {
	const { log, lines, timers, fire } = startLog();
	for (let i = 0; i < 1_000; i++) log.record(poll);
	expect(lines).toEqual([]);
	expect([...timers.values()]).toEqual([1_000]);
	fire();
	expect(lines).toEqual([{ message: 'polls', fields: { counts: { 'GET /duress/listen': 1_000 } } }]);
	expect(timers.size).toBe(0);
	log.record(poll);
	fire();
	expect(lines).toHaveLength(2);
});

test('flush writes the summary that waits, once', () => {
	const { log, lines, timers } = startLog();
	log.record(poll);
	log.flush();
	log.flush();
	expect(lines).toHaveLength(1);
	expect(timers.size).toBe(0);
});
