import { expect, test } from 'vitest';
import { ResponseTime } from './response-time.ts';

test('before the first answer a hundred milliseconds are waited', () => {
	expect(new ResponseTime().patienceMs).toBe(100);
});

test('steady answers make the wait the time that they take', () => {
	const time = new ResponseTime();
	for (let answer = 0; answer < 60; answer++) time.answered(40);
	expect(time.meanMs).toBeCloseTo(40, 3);
	expect(time.patienceMs).toBeCloseTo(40, 1);
});

test('scattered answers make the wait longer than most of them take', () => {
	const time = new ResponseTime();
	for (let answer = 0; answer < 200; answer++) time.answered(answer % 2 === 0 ? 40 : 60);
	expect(time.patienceMs).toBeGreaterThan(60);
	expect(time.patienceMs).toBeLessThan(80);
});

test('the wait stays between 20 ms and a second', () => {
	const quick = new ResponseTime();
	const slow = new ResponseTime();
	for (let answer = 0; answer < 60; answer++) {
		quick.answered(-3);
		slow.answered(60_000);
	}
	expect(quick.patienceMs).toBe(20);
	expect(slow.patienceMs).toBe(1000);
});

test('while only repeats are answered the wait grows, once in its own length, until one answer is measured', () => {
	const time = new ResponseTime();
	for (const ms of [1000, 1001, 1124]) time.answeredRepeat(ms);
	expect(time.patienceMs).toBe(125);
	time.answeredRepeat(1125);
	expect(time.patienceMs).toBe(156.25);
	for (let ms = 2000; ms < 60_000; ms += 1000) time.answeredRepeat(ms);
	expect(time.patienceMs).toBe(1000);
	time.answered(300);
	time.answered(300);
	expect(time.patienceMs).toBeLessThan(600);
});
