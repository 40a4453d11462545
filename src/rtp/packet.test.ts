import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRtpHeader, parseProtectedRtpHeader, parseRtpHeader } from './packet.ts';

const fixed = [0x80, 0xe0, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x01, 0xde, 0xad, 0xbe, 0xef];

function packet(...bytes: readonly number[]): Uint8Array {
	return Uint8Array.from(bytes);
}

describe('the RTP header', () => {
	it('is read with its unsigned fields', () => {
		const header = createRtpHeader();
		expect(parseRtpHeader(packet(...fixed, 1, 2, 3), 15, header)).toBe(true);
		expect(header).toMatchObject({
			padding: false,
			marker: true,
			payloadType: 96,
			sequenceNumber: 0xfffe,
			timestamp: 0x80000001,
			ssrc: 0xdeadbeef,
			headerLength: 12,
			extensionProfile: 0,
			extensionLength: 0,
			payloadOffset: 12,
			payloadLength: 3,
		});
	});

	it('counts the CSRC list and the extension in', () => {
		const header = createRtpHeader();
		const bytes = packet(0x92, ...fixed.slice(1), ...new Array<number>(8).fill(7), 0xbe, 0xde, 0, 1, 0x10, 0x31, 0, 0, 9, 9);
		expect(parseRtpHeader(bytes, bytes.length, header)).toBe(true);
		expect(header).toMatchObject({
			headerLength: 28,
			extensionProfile: 0xbede,
			extensionOffset: 24,
			extensionLength: 4,
			payloadOffset: 28,
			payloadLength: 2,
		});
	});

	it('leaves nothing of an earlier packet behind in the reused object', () => {
		const header = createRtpHeader();
		const extended = packet(0x90, ...fixed.slice(1), 0xbe, 0xde, 0, 1, 0x10, 0x31, 0, 0);
		expect(parseRtpHeader(extended, extended.length, header)).toBe(true);
		expect(parseRtpHeader(packet(...fixed), 12, header)).toBe(true);
		const fresh = createRtpHeader();
		parseRtpHeader(packet(...fixed), 12, fresh);
		expect(header).toEqual(fresh);
	});

	it('takes padding off the payload, down to nothing', () => {
		const header = createRtpHeader();
		const padded = packet(0xa0, ...fixed.slice(1), 5, 0, 0, 3);
		expect(parseRtpHeader(padded, padded.length, header)).toBe(true);
		expect(header.payloadLength).toBe(1);
		const onlyPadding = packet(0xa0, ...fixed.slice(1), 0, 0, 0, 4);
		expect(parseRtpHeader(onlyPadding, onlyPadding.length, header)).toBe(true);
		expect(header.payloadLength).toBe(0);
	});

	it('does not look at the padding count of an encrypted packet', () => {
		const header = createRtpHeader();
		const bytes = packet(0xa0, ...fixed.slice(1), 1, 2, 3, 200);
		expect(parseRtpHeader(bytes, bytes.length, header)).toBe(false);
		expect(parseProtectedRtpHeader(bytes, bytes.length, header)).toBe(true);
		expect(header.payloadLength).toBe(4);
	});

	const malformed: readonly [string, Uint8Array][] = [
		['nothing at all', packet()],
		['fewer than 12 bytes', packet(...fixed.slice(0, 11))],
		['another version', packet(0x40, ...fixed.slice(1))],
		['a CSRC list past the end', packet(0x8f, ...fixed.slice(1))],
		['an extension header past the end', packet(0x90, ...fixed.slice(1), 0xbe, 0xde)],
		['an extension past the end', packet(0x90, ...fixed.slice(1), 0xbe, 0xde, 0, 2, 0, 0, 0, 0)],
		['a padding count of zero', packet(0xa0, ...fixed.slice(1), 1, 0)],
		['more padding than payload', packet(0xa0, ...fixed.slice(1), 1, 3)],
		['the padding bit without a payload', packet(0xa0, ...fixed.slice(1))],
	];
	for (const [what, bytes] of malformed) {
		it(`refuses ${what}`, () => {
			expect(parseRtpHeader(bytes, bytes.length, createRtpHeader())).toBe(false);
		});
	}

	it('refuses a length beyond the buffer', () => {
		expect(parseRtpHeader(packet(...fixed), 13, createRtpHeader())).toBe(false);
	});

	it('never points outside the packet, whatever comes', () => {
		const header = createRtpHeader();
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
				if (bytes.length > 0) bytes[0] = 0x80 | ((bytes[0] ?? 0) & 0x3f);
				if (!parseRtpHeader(bytes, bytes.length, header)) return;
				expect(header.payloadOffset + header.payloadLength).toBeLessThanOrEqual(bytes.length);
				expect(header.extensionOffset + header.extensionLength).toBeLessThanOrEqual(header.headerLength);
				expect(header.payloadLength).toBeGreaterThanOrEqual(0);
			}),
		);
	});
});
