import { describe, expect, test } from 'vitest';
import { broadcasterToDisplace, type Occupant, viewerToDisplace } from './displacement.ts';

const waiting = (arrival: number, more: Partial<Occupant> = {}): Occupant => ({
	arrival,
	hasBeenConnected: false,
	isSilent: false,
	isParked: false,
	hasNegotiated: false,
	offers: 'server',
	...more,
});
const connected = (arrival: number, more: Partial<Occupant> = {}): Occupant =>
	waiting(arrival, { hasBeenConnected: true, hasNegotiated: true, ...more });

describe('among viewers', () => {
	test.each<[string, Occupant[], number | undefined]>([
		['the oldest that was never connected', [connected(0), waiting(3), waiting(2), connected(1, { isParked: true })], 2],
		['one with a socket too', [waiting(1, { isParked: true }), waiting(0, { hasNegotiated: true })], 0],
		['then one that fell silent', [connected(0, { isParked: true }), connected(1), connected(2, { isSilent: true })], 2],
		['then the oldest parked one', [connected(2, { isParked: true }), connected(0), connected(1, { isParked: true })], 1],
		['nobody when all are connected', [connected(0), connected(1, { offers: 'client' })], undefined],
		['nobody where nobody is', [], undefined],
	])('%s gives way', (_name, viewers, arrival) => {
		expect(viewerToDisplace(viewers)?.arrival).toBe(arrival);
	});
});

describe('among broadcasters that feed nothing', () => {
	test.each<[string, Occupant[], number | undefined]>([
		['the newest that never answered', [waiting(0), waiting(1), waiting(3), waiting(2)], 3],
		['the newest parked one before it', [waiting(0), waiting(1, { isParked: true }), waiting(2, { isParked: true }), waiting(3)], 2],
		['one that came by a single request before it', [waiting(0), waiting(1, { offers: 'client', hasNegotiated: true }), waiting(2)], 1],
		['one that never answered before one that did', [waiting(0), waiting(1), waiting(2, { hasNegotiated: true })], 1],
		[
			'a connected one only after all that never were',
			[connected(0), connected(1, { isParked: true }), waiting(2, { hasNegotiated: true })],
			2,
		],
		['of connected ones the oldest but the first', [connected(0), connected(2), connected(1)], 1],
		['of connected ones a silent one', [connected(0), connected(1), connected(2, { isSilent: true })], 2],
		['the first only when alone', [waiting(0)], 0],
		['nobody where nobody is', [], undefined],
	])('%s gives way', (_name, idle, arrival) => {
		expect(broadcasterToDisplace(idle)?.arrival).toBe(arrival);
	});
});
