import { expect, test } from 'vitest';
import { AddressTable } from './address-table.ts';

const HOME = ['192.0.2.7', 5000] as const;

test('a peer is found at its address and port and nowhere else', () => {
	const table = new AddressTable<string>();
	table.add(...HOME, 'phone');
	table.add('192.0.2.8', 5000, 'other');
	expect(table.find(...HOME)).toEqual(['phone']);
	expect(table.find('192.0.2.7', 5001)).toBeUndefined();
	expect(table.find('192.0.2.9', 5000)).toBeUndefined();
});

test('who comes later to an address stands behind who was there before', () => {
	const table = new AddressTable<string>();
	for (const peer of ['first', 'second', 'second', 'first']) table.add(...HOME, peer);
	expect(table.find(...HOME)).toEqual(['first', 'second']);
});

test('who proves to be at an address stands before the others, be it new there', () => {
	const table = new AddressTable<string>();
	table.add(...HOME, 'first');
	table.add(...HOME, 'second');
	table.promote(...HOME, 'second');
	expect(table.find(...HOME)).toEqual(['second', 'first']);
	table.promote(...HOME, 'third');
	expect(table.find(...HOME)).toEqual(['third', 'second', 'first']);
	table.promote(...HOME, 'third');
	expect(table.find(...HOME)).toEqual(['third', 'second', 'first']);
});

test('however many unproven peers come to an address, they are few and the proven one stays first', () => {
	const table = new AddressTable<string>();
	table.promote(...HOME, 'victim');
	for (let count = 0; count < 100; count += 1) table.add(...HOME, `attacker ${count}`);
	expect(table.find(...HOME)).toHaveLength(4);
	expect(table.find(...HOME)?.[0]).toBe('victim');
	table.promote(...HOME, 'newcomer');
	expect(table.find(...HOME)).toHaveLength(4);
	expect(table.find(...HOME)?.slice(0, 2)).toEqual(['newcomer', 'victim']);
});

test('what is removed is gone, twice is harmless, and nothing stays behind', () => {
	const table = new AddressTable<string>();
	table.add(...HOME, 'first');
	table.add(...HOME, 'second');
	table.add('192.0.2.8', 5000, 'first');
	expect(table.size).toBe(2);
	for (const peer of ['first', 'first', 'nobody']) table.remove(...HOME, peer);
	expect(table.find(...HOME)).toEqual(['second']);
	table.remove(...HOME, 'second');
	table.remove(...HOME, 'second');
	table.remove('192.0.2.8', 5000, 'first');
	expect(table.find(...HOME)).toBeUndefined();
	expect(table.size).toBe(0);
});
