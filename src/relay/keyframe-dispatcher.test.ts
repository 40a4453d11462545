import { expect, test } from 'vitest';
import { KeyframeDispatcher } from './keyframe-dispatcher.ts';

/** Lets time pass and tells when requests went out; nothing is sent between the moments that `nextMs` announces. */
function sentBetween(dispatcher: KeyframeDispatcher, fromMs: number, toMs: number): number[] {
	const sent: number[] = [];
	let nowMs = fromMs;
	while (dispatcher.nextMs <= toMs) {
		nowMs = Math.max(nowMs, dispatcher.nextMs);
		if (dispatcher.tick(nowMs)) sent.push(nowMs);
	}
	return sent;
}

test('a source is asked at once when it is attached, then every three seconds', () => {
	const dispatcher = new KeyframeDispatcher();
	expect(dispatcher.attach(1000)).toBe(true);
	expect(sentBetween(dispatcher, 1000, 11_000)).toEqual([4000, 7000, 10_000]);
});

test('with interval 0 it is asked on demand only', () => {
	const dispatcher = new KeyframeDispatcher(0);
	dispatcher.attach(1000);
	expect(dispatcher.nextMs).toBe(Number.POSITIVE_INFINITY);
	expect(dispatcher.tick(1_000_000)).toBe(false);
	expect(dispatcher.request(1_000_000)).toBe(true);
});

test('a viewer that joins is served at once', () => {
	const dispatcher = new KeyframeDispatcher();
	dispatcher.attach(0);
	expect(dispatcher.request(700)).toBe(true);
});

test('many requests within half a second become one at its end', () => {
	const dispatcher = new KeyframeDispatcher();
	dispatcher.attach(0);
	for (const nowMs of [10, 20, 499]) expect(dispatcher.request(nowMs)).toBe(false);
	expect(sentBetween(dispatcher, 499, 2000)).toEqual([500]);
});

test('a crowd that asks all the time is answered twice a second at most', () => {
	const dispatcher = new KeyframeDispatcher();
	let sent = dispatcher.attach(0) ? 1 : 0;
	for (let nowMs = 0; nowMs < 10_000; nowMs++) if (dispatcher.request(nowMs)) sent++;
	expect(sent).toBe(20);
});

test('the interval counts from the last request sent', () => {
	const dispatcher = new KeyframeDispatcher();
	dispatcher.attach(0);
	dispatcher.request(2000);
	expect(sentBetween(dispatcher, 2000, 9000)).toEqual([5000, 8000]);
});

test('a keyframe that starts after a request answers it; a later request is sent all the same', () => {
	const dispatcher = new KeyframeDispatcher(0);
	dispatcher.attach(0);
	dispatcher.request(100);
	dispatcher.keyframeStarted();
	expect(sentBetween(dispatcher, 100, 1000)).toEqual([]);
	dispatcher.attach(1000);
	dispatcher.keyframeStarted();
	dispatcher.request(1100);
	expect(sentBetween(dispatcher, 1100, 3000)).toEqual([1500]);
});

test('nothing goes to a source that has departed or was never attached', () => {
	const dispatcher = new KeyframeDispatcher();
	expect(dispatcher.request(0)).toBe(false);
	dispatcher.attach(0);
	dispatcher.request(100);
	dispatcher.detach();
	dispatcher.keyframeStarted();
	expect(dispatcher.request(1000)).toBe(false);
	expect(dispatcher.tick(5000)).toBe(false);
	expect(dispatcher.nextMs).toBe(Number.POSITIVE_INFINITY);
	expect(dispatcher.attach(6000)).toBe(true);
});

test('a reconnecting broadcaster is not asked twice within half a second', () => {
	const dispatcher = new KeyframeDispatcher();
	dispatcher.attach(0);
	dispatcher.detach();
	expect(dispatcher.attach(200)).toBe(false);
	expect(sentBetween(dispatcher, 200, 1000)).toEqual([500]);
});
