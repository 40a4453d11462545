import { expect, test } from 'vitest';
import { createVp8Descriptor, readVp8Descriptor } from '../../src/rtp/vp8-descriptor.ts';
import { ageNs, MIN_PACKET_BYTES, rtpHeaderBytes, StampedStream } from './stamped-stream.ts';

test('packets have the size asked for, a stamp in each, and pictures of as many packets as the pace makes them', () => {
	const stream = new StampedStream({ ssrc: 7, size: 1100, transportCcId: undefined });
	const markers: boolean[] = [];
	for (let number = 0; number < 250; number += 1) {
		const packet = stream.next(250);
		expect(packet.length).toBe(1100);
		expect(packet.readUInt16BE(2)).toBe(number);
		expect(ageNs(packet, packet.length)).toBeGreaterThanOrEqual(0);
		markers.push((packet.readUInt8(1) & 0x80) !== 0);
	}
	expect(markers.filter(Boolean)).toHaveLength(31);
	expect(markers.indexOf(true)).toBe(7);
});

test('each picture begins with a VP8 descriptor, the first one and one every three seconds with a key frame', () => {
	const stream = new StampedStream({ ssrc: 7, size: 200, transportCcId: 3 });
	const keyFrames: number[] = [];
	for (let number = 0; number < 300; number += 1) {
		const packet = stream.next(30);
		const header = rtpHeaderBytes(packet, packet.length);
		expect(header).toBe(20);
		expect(readVp8Descriptor(packet, header, packet.length - header, createVp8Descriptor())).toBe(true);
		if (packet.readUInt8(header + 4) === 0x10) keyFrames.push(number);
	}
	expect(keyFrames).toHaveLength(4);
	expect(keyFrames[0]).toBe(0);
});

test('the smallest packet still has room for its stamp, a smaller one is not read', () => {
	const packet = new StampedStream({ ssrc: 7, size: MIN_PACKET_BYTES, transportCcId: undefined }).next(40);
	expect(ageNs(packet, packet.length)).toBeGreaterThanOrEqual(0);
	expect(ageNs(packet, packet.length - 1)).toBeUndefined();
});
