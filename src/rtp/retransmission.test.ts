import { expect, test } from 'vitest';
import { createRtpHeader, parseRtpHeader } from './packet.ts';
import { RTX_OVERHEAD_BYTES, unwrapRetransmission, wrapRetransmission } from './retransmission.ts';

/** Marker set, type 96, sequence 0xfffe, one CSRC, an extension of one word, payload 7 8 9. */
const original = Uint8Array.of(
	...[0x91, 0xe0, 0xff, 0xfe, 0xa1, 0xa2, 0xa3, 0xa4, 0xde, 0xad, 0xbe, 0xef],
	...[1, 2, 3, 4, 0xbe, 0xde, 0, 1, 0x32, 5, 6, 7],
	...[7, 8, 9],
);
const headerLength = 24;

function wrapped(): Uint8Array {
	const out = new Uint8Array(original.length + RTX_OVERHEAD_BYTES);
	const length = wrapRetransmission(original, headerLength, original.length, 97, 0xcafebabe, 0x1234, 0x5678, out);
	expect(length).toBe(out.length);
	return out;
}

function headerOf(packet: Uint8Array): ReturnType<typeof createRtpHeader> {
	const header = createRtpHeader();
	expect(parseRtpHeader(packet, packet.length, header)).toBe(true);
	return header;
}

test('a retransmission has its own type, number and SSRC, the rest of the header is the original’s', () => {
	const out = wrapped();
	const header = headerOf(out);
	expect(header).toMatchObject({ payloadType: 97, sequenceNumber: 0x1234, ssrc: 0xcafebabe, marker: true, timestamp: 0xa1a2a3a4 });
	expect(out.subarray(12, headerLength)).toEqual(original.subarray(12, headerLength));
	expect([...out.subarray(headerLength)]).toEqual([0x56, 0x78, 7, 8, 9]);
});

test('unwrapped it is the original again, under the number it was wrapped with', () => {
	const out = wrapped();
	const header = headerOf(out);
	expect(unwrapRetransmission(out, header, 96, 0xdeadbeef)).toBe(true);
	expect(header).toMatchObject({ payloadType: 96, sequenceNumber: 0x5678, ssrc: 0xdeadbeef, marker: true, timestamp: 0xa1a2a3a4 });
	expect([...out.subarray(header.payloadOffset, header.payloadOffset + header.payloadLength)]).toEqual([7, 8, 9]);
});

test('the retransmission of an empty packet unwraps to an empty packet', () => {
	const packet = Uint8Array.of(0x80, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0xab, 0xcd);
	const header = headerOf(packet);
	expect(unwrapRetransmission(packet, header, 96, 1)).toBe(true);
	expect(header).toMatchObject({ sequenceNumber: 0xabcd, payloadLength: 0 });
});

test.each([
	['no payload', Uint8Array.of(0x80, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9)],
	['half a number', Uint8Array.of(0x80, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 1)],
	['padding alone', Uint8Array.of(0xa0, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 4)],
])('%s is refused and the header left alone', (_, packet) => {
	const header = headerOf(packet);
	expect(unwrapRetransmission(packet, header, 96, 1)).toBe(false);
	expect(header).toEqual(headerOf(packet));
});

test('what does not fit, or has no whole header, is not wrapped', () => {
	const wrap = (headerOctets: number, length: number, room: number) =>
		wrapRetransmission(original, headerOctets, length, 97, 1, 1, 1, new Uint8Array(room));
	expect(wrap(headerLength, original.length, original.length + 1)).toBe(0);
	expect(wrap(8, original.length, 100)).toBe(0);
	expect(wrap(headerLength, headerLength - 1, 100)).toBe(0);
	expect(wrap(headerLength, original.length + 1, 100)).toBe(0);
});
