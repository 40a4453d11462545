import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absSendTime, findExtension, readAbsSendTime, readMid, readTransportSequence, writeAbsSendTime } from './header-extension.ts';
import { createRtpHeader, parseRtpHeader } from './packet.ts';

const fixed = [0x90, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];

function withExtension(profile: number, elements: readonly number[]) {
	const padded = [...elements];
	while (padded.length % 4 !== 0) padded.push(0);
	const bytes = Uint8Array.from([...fixed, profile >> 8, profile & 0xff, 0, padded.length / 4, ...padded]);
	const header = createRtpHeader();
	expect(parseRtpHeader(bytes, bytes.length, header)).toBe(true);
	return { bytes, header };
}

function elementOf(profile: number, elements: readonly number[], id: number) {
	const { bytes, header } = withExtension(profile, elements);
	const element = { offset: 0, length: 0 };
	return findExtension(bytes, header, id, element) ? [...bytes.subarray(element.offset, element.offset + element.length)] : undefined;
}

describe('header extension elements', () => {
	it('are found in the one-byte form, behind others and behind padding', () => {
		const elements = [0x10, 0x61, 0x00, 0x32, 1, 2, 3, 0x51, 0xab, 0xcd];
		expect(elementOf(0xbede, elements, 1)).toEqual([0x61]);
		expect(elementOf(0xbede, elements, 3)).toEqual([1, 2, 3]);
		expect(elementOf(0xbede, elements, 5)).toEqual([0xab, 0xcd]);
		expect(elementOf(0xbede, elements, 4)).toBeUndefined();
	});

	it('are found in the two-byte form, empty ones too', () => {
		const elements = [20, 2, 7, 8, 0, 3, 0, 200, 1, 9];
		expect(elementOf(0x1000, elements, 20)).toEqual([7, 8]);
		expect(elementOf(0x1003, elements, 3)).toEqual([]);
		expect(elementOf(0x1000, elements, 200)).toEqual([9]);
	});

	it('end at id 15 of the one-byte form, and at id 0 with a length', () => {
		expect(elementOf(0xbede, [0xf0, 1, 0x10, 2], 1)).toBeUndefined();
		expect(elementOf(0xbede, [0x01, 1, 1, 0x10, 2], 1)).toBeUndefined();
	});

	it('are not looked for in an extension of another profile', () => {
		expect(elementOf(0x1234, [0x10, 1], 1)).toBeUndefined();
	});

	it('never reach past the extension', () => {
		expect(elementOf(0xbede, [0x1f, 1, 2, 3], 1)).toBeUndefined();
		expect(elementOf(0x1000, [1, 9, 2, 3], 1)).toBeUndefined();
		expect(elementOf(0x1000, [2, 1, 3, 1], 1)).toBeUndefined();
	});

	it('lie within the extension, whatever the bytes', () => {
		const element = { offset: 0, length: 0 };
		const profile = fc.constantFrom(0xbede, 0x1000, 0x100f);
		fc.assert(
			fc.property(profile, fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 }), fc.nat(255), (kind, elements, id) => {
				const { bytes, header } = withExtension(kind, elements);
				if (!findExtension(bytes, header, id, element)) return;
				expect(element.offset).toBeGreaterThan(header.extensionOffset);
				expect(element.offset + element.length).toBeLessThanOrEqual(header.extensionOffset + header.extensionLength);
			}),
		);
	});
});

describe('known extensions', () => {
	const bytes = Uint8Array.from([0x76, 0x30, 0xfe, 0xdc, 0x20]);

	it('read a mid, and refuse one that is empty, too long or not printable', () => {
		expect(readMid(bytes, { offset: 0, length: 2 })).toBe('v0');
		expect(readMid(bytes, { offset: 0, length: 0 })).toBeUndefined();
		expect(readMid(bytes, { offset: 0, length: 3 })).toBeUndefined();
		expect(readMid(bytes, { offset: 4, length: 1 })).toBeUndefined();
		expect(readMid(new Uint8Array(40).fill(0x61), { offset: 0, length: 33 })).toBeUndefined();
	});

	it('read a transport-wide sequence number', () => {
		expect(readTransportSequence(bytes, { offset: 2, length: 2 })).toBe(0xfedc);
		expect(readTransportSequence(bytes, { offset: 2, length: 1 })).toBe(-1);
	});

	it('write abs-send-time as 6.18 seconds that wrap after 64 s', () => {
		expect(absSendTime(0)).toBe(0);
		expect(absSendTime(1000)).toBe(1 << 18);
		expect(absSendTime(500)).toBe(1 << 17);
		expect(absSendTime(64_000)).toBe(0);
		expect(absSendTime(65_000)).toBe(1 << 18);
		const out = new Uint8Array(5);
		writeAbsSendTime(out, 1, 63_999.9);
		expect(readAbsSendTime(out, { offset: 1, length: 3 })).toBe(absSendTime(63_999.9));
		expect(out[0]).toBe(0);
		expect(out[4]).toBe(0);
		expect(readAbsSendTime(out, { offset: 1, length: 2 })).toBe(-1);
	});

	it('keep abs-send-time exact over weeks of running time', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (nowMs) => {
				const seconds = absSendTime(nowMs) / 2 ** 18;
				expect(Math.abs(seconds - (nowMs % 64_000) / 1000)).toBeLessThan(1 / 2 ** 17);
			}),
		);
	});
});
