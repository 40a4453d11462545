import { expect, test } from 'vitest';
import { SsrcWalk } from './ssrc-walk.ts';

test('no SSRC comes twice among many', () => {
	const walk = new SsrcWalk(0xfffffff0);
	const seen = new Set<number>();
	for (let count = 0; count < 100_000; count++) seen.add(walk.next());
	expect(seen.size).toBe(100_000);
});

test('an SSRC is never zero', () => {
	// The step before zero.
	const walk = new SsrcWalk(0 - 0x9e3779b1);
	expect(walk.next()).toBe(0x9e3779b1);
});
