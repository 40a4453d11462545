import { expect, test } from 'vitest';
import { MAX_ROAMING_SSRCS, MAX_ROAMING_TRIES_PER_ADDRESS, MAX_ROAMING_TRIES_PER_SSRC, MAX_TRIES_PER_PACKET } from './media-limits.ts';
import { type RoamingPeer, RoamingTable } from './roaming-table.ts';

const ELSEWHERE = '198.51.100.1';

function peer(): RoamingPeer {
	return { ssrcs: new Set() };
}

test('a packet from an unknown address leads to the peers that were heard under its SSRC', () => {
	const table = new RoamingTable<RoamingPeer>();
	const [phone, other] = [peer(), peer()];
	table.note(phone, 1);
	table.note(phone, 2);
	table.note(other, 2);
	expect(table.candidates(1, ELSEWHERE, 0)).toEqual([phone]);
	expect(table.candidates(2, ELSEWHERE, 0)).toEqual([phone, other]);
	expect(table.candidates(3, ELSEWHERE, 0)).toEqual([]);
});

test('no more peers are tried for one packet, and no more SSRCs remembered for one peer, than the limits say', () => {
	const table = new RoamingTable<RoamingPeer>();
	for (let count = 0; count < 100; count += 1) table.note(peer(), 1);
	expect(table.candidates(1, ELSEWHERE, 0)).toHaveLength(MAX_TRIES_PER_PACKET);
	const chatty = peer();
	for (let ssrc = 100; ssrc < 200; ssrc += 1) table.note(chatty, ssrc);
	expect(table.size).toBe(1 + MAX_ROAMING_SSRCS);
});

test('one address is tried a bounded number of times a second, other addresses are not held up by it', () => {
	const table = new RoamingTable<RoamingPeer>();
	table.note(peer(), 1);
	const tried = (address: string, nowMs: number) => table.candidates(1, address, nowMs).length;
	for (let count = 0; count < MAX_ROAMING_TRIES_PER_ADDRESS; count += 1) expect(tried(ELSEWHERE, 0)).toBe(1);
	expect(tried(ELSEWHERE, 999)).toBe(0);
	expect(tried('198.51.100.2', 999)).toBe(1);
	expect(tried(ELSEWHERE, 1000)).toBe(1);
});

test('a flood for one SSRC from many addresses is bounded, and holds up no other SSRC', () => {
	const table = new RoamingTable<RoamingPeer>();
	table.note(peer(), 1);
	table.note(peer(), 2);
	let tries = 0;
	for (let count = 0; count < 1000; count += 1) tries += table.candidates(1, `address ${count}`, 0).length;
	expect(tries).toBe(MAX_ROAMING_TRIES_PER_SSRC);
	expect(table.candidates(2, ELSEWHERE, 0)).toHaveLength(1);
});

test('a flood for SSRCs of nobody’s uses up nothing', () => {
	const table = new RoamingTable<RoamingPeer>();
	table.note(peer(), 1);
	for (let ssrc = 2; ssrc < 1000; ssrc += 1) table.candidates(ssrc, ELSEWHERE, 0);
	expect(table.candidates(1, ELSEWHERE, 0)).toHaveLength(1);
});

test('a peer that goes leaves nothing behind, and the others stay', () => {
	const table = new RoamingTable<RoamingPeer>();
	const [phone, other] = [peer(), peer()];
	for (const ssrc of [1, 2]) table.note(phone, ssrc);
	table.note(other, 2);
	table.remove(phone);
	table.remove(phone);
	expect(table.candidates(1, ELSEWHERE, 0)).toEqual([]);
	expect(table.candidates(2, ELSEWHERE, 0)).toEqual([other]);
	table.remove(other);
	expect(table.size).toBe(0);
	expect(phone.ssrcs.size).toBe(0);
});
