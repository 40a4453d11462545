import { expect, test } from 'vitest';
import { classifyDatagram, type DatagramKind } from './classify-datagram.ts';

function kindOf(first: number, second: number, length = 100): DatagramKind {
	const datagram = new Uint8Array(length);
	datagram.set([first, second].slice(0, length));
	return classifyDatagram(datagram);
}

test('the first byte tells the protocol, by the ranges of RFC 7983 and at their edges', () => {
	const ranges: readonly (readonly [first: number, last: number, kind: DatagramKind])[] = [
		[0, 3, 'stun'],
		[4, 19, 'unknown'],
		[20, 63, 'dtls'],
		[64, 127, 'unknown'],
		[128, 191, 'rtp'],
		[192, 255, 'unknown'],
	];
	for (const [first, last, kind] of ranges) for (let byte = first; byte <= last; byte += 1) expect(kindOf(byte, 96)).toBe(kind);
});

test('the second byte parts RTCP from RTP, by RFC 5761 and whatever the marker of RTP', () => {
	for (let second = 0; second <= 255; second += 1) expect(kindOf(0x80, second)).toBe(second >= 192 && second <= 223 ? 'rtcp' : 'rtp');
});

test('what is too short for a protected packet is none, and what is too short for two bytes is nothing', () => {
	for (const second of [96, 200]) {
		expect(kindOf(0x80, second, 19)).toBe('unknown');
		expect(kindOf(0x80, second, 20)).not.toBe('unknown');
	}
	expect(kindOf(0, 1, 1)).toBe('unknown');
	expect(kindOf(0, 0, 0)).toBe('unknown');
});
