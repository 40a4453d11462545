import { expect, test } from 'vitest';
import { DropCounts } from './drop-counts.ts';

const NONE = { unknown: 0, stun: 0, stranger: 0, busy: 0, early: 0, srtp: 0, unexpected: 0 };

test('there is no news before the first drop, and each drop is news once', () => {
	const drops = new DropCounts();
	expect(drops.news()).toBeUndefined();
	drops.count('srtp');
	drops.count('srtp');
	drops.count('stranger');
	expect(drops.news()).toEqual({ ...NONE, srtp: 2, stranger: 1 });
	expect(drops.news()).toBeUndefined();
	drops.count('stun');
	expect(drops.news()).toEqual({ ...NONE, srtp: 2, stranger: 1, stun: 1 });
});

test('what was told does not change with later drops', () => {
	const drops = new DropCounts();
	drops.count('early');
	const told = drops.news();
	drops.count('early');
	expect(told).toEqual({ ...NONE, early: 1 });
	expect(drops.total).toEqual({ ...NONE, early: 2 });
});
