import { expect, test } from 'vitest';
import { Seating } from './seating.ts';

function join(seating: Seating, room: string, count: number, role: 'feeds' | 'watches' = 'watches'): number[] {
	return Array.from({ length: count }, (_, index) => {
		const worker = seating.seat(room, role);
		seating.addPeer(room, `${room} ${role} ${seating.sizes.peers} ${index}`, worker);
		return worker;
	});
}

test('rooms go to the worker with the fewest peers, then with the fewest rooms', () => {
	const seating = new Seating(3, 100);
	for (const room of ['a', 'b', 'c']) seating.addPublication(room, `of ${room}`);
	expect(['a', 'b', 'c'].map((room) => seating.homeOf(room))).toEqual([0, 1, 2]);
	join(seating, 'a', 2);
	join(seating, 'c', 1);
	seating.addPublication('d', 'of d');
	expect(seating.homeOf('d')).toBe(1);
});

test('everybody of a room is on one worker until there are too many', () => {
	const seating = new Seating(2, 5);
	seating.addPublication('a', 'picture');
	expect(join(seating, 'a', 1, 'feeds')).toEqual([0]);
	expect(join(seating, 'a', 4)).toEqual([0, 0, 0, 0]);
	expect(seating.satellitesOf('a')).toEqual([]);
	expect(join(seating, 'a', 5)).toEqual([1, 1, 1, 1, 1]);
	expect(seating.satellitesOf('a')).toEqual([1]);
});

test('a room that is full everywhere fills its workers evenly', () => {
	const seating = new Seating(3, 2);
	seating.addPublication('a', 'picture');
	const workers = join(seating, 'a', 30);
	expect([0, 1, 2].map((worker) => workers.filter((used) => used === worker).length)).toEqual([10, 10, 10]);
});

test('who feeds a room is at its home, however full that is', () => {
	const seating = new Seating(2, 1);
	seating.addPublication('a', 'picture');
	join(seating, 'a', 4);
	expect(seating.seat('a', 'feeds')).toBe(seating.homeOf('a'));
});

test('a place at home that has become free is taken before one elsewhere', () => {
	const seating = new Seating(2, 2);
	seating.addPublication('a', 'picture');
	join(seating, 'a', 4);
	const [first] = seating.peersOf('a', 0);
	expect(seating.removePeer(first ?? '')).toEqual({ name: 'a', worker: 0 });
	expect(seating.seat('a', 'watches')).toBe(0);
});

test('nothing is held of a room without publications and peers', () => {
	const seating = new Seating(2, 2);
	seating.addPublication('a', 'picture');
	join(seating, 'a', 3);
	for (const peer of seating.peersOf('a')) seating.removePeer(peer);
	expect(seating.homeOf('a')).toBe(0);
	seating.removePublication('picture');
	expect(seating.homeOf('a')).toBeUndefined();
	expect(seating.sizes).toEqual({ groups: 0, peers: 0, publications: 0 });
	expect(seating.removePeer('nobody')).toBeUndefined();
});

test('one worker serves everything', () => {
	const seating = new Seating(1, 2);
	seating.addPublication('a', 'picture');
	expect(join(seating, 'a', 5)).toEqual([0, 0, 0, 0, 0]);
	expect(seating.groupsOn(0)).toEqual(['a']);
});

test('a worker that is down gets nobody while there is another, and its rooms find another home', () => {
	const seating = new Seating(2, 2);
	for (const room of ['a', 'b']) seating.addPublication(room, `of ${room}`);
	join(seating, 'b', 2);
	seating.setDown(0, true);
	expect(seating.rehome('a')).toBe(1);
	seating.addPublication('c', 'of c');
	expect(seating.homeOf('c')).toBe(1);
	expect(join(seating, 'b', 2)).toEqual([1, 1]);
	seating.setDown(0, false);
	expect(join(seating, 'b', 2)).toEqual([0, 0]);
	seating.setDown(0, true);
	seating.setDown(1, true);
	seating.addPublication('d', 'of d');
	expect(seating.homeOf('d')).toBeTypeOf('number');
});
