import { describe, expect, it } from 'vitest';
import { EarlierPackets } from './earlier-packets.ts';

describe('EarlierPackets', () => {
	it('gives every packet back after as many later ones as it was made for, unchanged', () => {
		const packets = new EarlierPackets(2);
		const packet = new Uint8Array(100);
		const given: (string | undefined)[] = [];
		for (let number = 1; number <= 6; number++) {
			packet.fill(number, 0, number);
			const earlier = packets.push(packet, number, number);
			given.push(earlier && `${earlier.extendedSequence}: ${earlier.bytes.subarray(0, earlier.length)}`);
		}
		expect(given).toEqual([undefined, undefined, '1: 1', '2: 2,2', '3: 3,3,3', '4: 4,4,4,4']);
	});

	it('gives nothing from before it was cleared', () => {
		const packets = new EarlierPackets(2);
		for (let number = 1; number <= 3; number++) packets.push(new Uint8Array(4), 4, number);
		packets.clear();
		expect([4, 5, 6].map((number) => packets.push(new Uint8Array(4), 4, number)?.extendedSequence)).toEqual([undefined, undefined, 4]);
	});
});
