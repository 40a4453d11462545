import { expect, test } from 'vitest';
import { Reception } from './reception.ts';

function receptionOf(...sequences: readonly number[]): Reception {
	const reception = new Reception();
	for (const sequence of sequences) reception.note(sequence, 100);
	return reception;
}

test('every packet is counted once, across the wrap too', () => {
	const reception = receptionOf(65_534, 65_535, 0, 0, 1, 65_535);
	expect([reception.received, reception.gaps, reception.bytes]).toEqual([4, 0, 400]);
});

test('what did not come is a gap until it comes late', () => {
	const reception = receptionOf(10, 13, 12);
	expect([reception.received, reception.gaps]).toEqual([3, 1]);
	reception.note(11, 100);
	expect([reception.received, reception.gaps]).toEqual([4, 0]);
});

test('a new count begins behind the highest number so far', () => {
	const reception = receptionOf(1, 2, 3);
	reception.begin();
	expect([reception.received, reception.gaps]).toEqual([0, 0]);
	reception.note(6, 100);
	expect([reception.received, reception.gaps]).toEqual([1, 2]);
});
