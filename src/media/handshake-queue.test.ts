import { beforeEach, expect, test } from 'vitest';
import { HandshakeQueue } from './handshake-queue.ts';

let turns: (() => void)[];
let handled: string[];
let nowMs: number;
let queue: HandshakeQueue<string>;

const datagram = (number: number): Uint8Array => Uint8Array.of(number);
const push = (peer: string, number: number): boolean => queue.push(peer, datagram(number));

/** Each step takes 2 ms unless a test says otherwise. */
function queueOf(handle: (peer: string, datagram: Uint8Array) => void, stepMs = 2): HandshakeQueue<string> {
	const take = (peer: string, taken: Uint8Array): void => {
		nowMs += stepMs;
		handle(peer, taken);
	};
	return new HandshakeQueue(
		take,
		(work) => turns.push(work),
		() => nowMs,
	);
}

function runTurn(): void {
	turns.shift()?.();
}

beforeEach(() => {
	turns = [];
	handled = [];
	nowMs = 0;
	queue = queueOf((peer, [number]) => handled.push(`${peer}${number}`));
});

test('one long step is done in each turn, those of one peer in order, and peers take turns', () => {
	for (const number of [1, 2, 3]) push('a', number);
	push('b', 1);
	push('c', 1);
	push('c', 2);
	expect(handled).toEqual([]);
	const seen: number[] = [];
	while (turns.length > 0) {
		expect(turns).toHaveLength(1);
		runTurn();
		seen.push(handled.length);
	}
	expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
	expect(handled).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
});

test('a turn does short steps for a millisecond, and goes on in the next', () => {
	queue = queueOf((peer) => handled.push(peer), 0.4);
	for (const peer of ['a', 'b', 'c', 'd']) push(peer, 1);
	runTurn();
	expect(handled).toEqual(['a', 'b', 'c']);
	runTurn();
	expect(handled).toEqual(['a', 'b', 'c', 'd']);
	expect(turns).toEqual([]);
});

test('what comes after all is done begins anew', () => {
	push('a', 1);
	runTurn();
	push('a', 2);
	runTurn();
	expect(handled).toEqual(['a1', 'a2']);
	expect(turns).toEqual([]);
});

test('a peer that floods waits for eight, and takes nothing from another', () => {
	const taken = Array.from({ length: 20 }, (_, number) => push('flood', number));
	expect(taken.filter(Boolean)).toHaveLength(8);
	expect(push('honest', 1)).toBe(true);
	runTurn();
	runTurn();
	expect(handled).toEqual(['flood0', 'honest1']);
	expect(push('flood', 20)).toBe(true);
});

test('a fault in one does not keep the others from their turns', () => {
	queue = queueOf((peer) => {
		if (peer === 'bad') throw new Error('fault');
		handled.push(peer);
	});
	push('bad', 1);
	push('good', 1);
	expect(runTurn).toThrow('fault');
	runTurn();
	expect(handled).toEqual(['good']);
});
