import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CodecName } from './codecs.ts';
import { isKeyframeStart } from './keyframe.ts';

/** Surrounded by bytes that would mislead a reader which leaves the payload. */
function starts(codec: CodecName, ...payload: readonly number[]): boolean {
	const bytes = Uint8Array.from([0xff, ...payload, 0x00, 0x88]);
	return isKeyframeStart(codec, bytes, 1, payload.length);
}

describe('VP8', () => {
	it('starts a keyframe with S, partition 0 and P = 0', () => {
		expect(starts('VP8', 0x10, 0x50, 0x9d)).toBe(true);
		expect(starts('VP8', 0x10, 0x51, 0x9d)).toBe(false);
		expect(starts('VP8', 0x00, 0x50, 0x9d)).toBe(false);
		expect(starts('VP8', 0x11, 0x50, 0x9d)).toBe(false);
	});

	it('looks behind every optional field', () => {
		expect(starts('VP8', 0x90, 0x80, 0x11, 0x50)).toBe(true);
		expect(starts('VP8', 0x90, 0x80, 0x91, 0x23, 0x50)).toBe(true);
		expect(starts('VP8', 0x90, 0xe0, 0x91, 0x23, 0x01, 0x21, 0x50)).toBe(true);
		expect(starts('VP8', 0x90, 0xf0, 0x91, 0x23, 0x01, 0x21, 0x51)).toBe(false);
		expect(starts('VP8', 0x90, 0x10, 0x21, 0x50)).toBe(true);
	});

	it('is not fooled by a descriptor without a payload', () => {
		expect(starts('VP8', 0x10)).toBe(false);
		expect(starts('VP8', 0x90, 0xe0, 0x91)).toBe(false);
	});
});

describe('VP9', () => {
	it('starts a keyframe with B, P = 0 and the lowest spatial layer', () => {
		expect(starts('VP9', 0x08, 0x82)).toBe(true);
		expect(starts('VP9', 0x48, 0x82)).toBe(false);
		expect(starts('VP9', 0x00, 0x82)).toBe(false);
		expect(starts('VP9', 0xa8, 0x11, 0x00, 0x00, 0x82)).toBe(true);
		expect(starts('VP9', 0xa8, 0x91, 0x22, 0x01, 0x00, 0x82)).toBe(true);
		expect(starts('VP9', 0xa8, 0x91, 0x22, 0x03, 0x00, 0x82)).toBe(false);
		expect(starts('VP9', 0xa8, 0x91)).toBe(false);
	});
});

describe('H264', () => {
	it('starts with an SPS or the first slice of an IDR picture', () => {
		expect(starts('H264', 0x67, 0x42)).toBe(true);
		expect(starts('H264', 0x65, 0x88)).toBe(true);
		expect(starts('H264', 0x65, 0x40)).toBe(false);
		expect(starts('H264', 0x61, 0x88)).toBe(false);
		expect(starts('H264', 0x68, 0xce)).toBe(false);
	});

	it('is found inside a STAP-A, at any place', () => {
		expect(starts('H264', 0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce)).toBe(true);
		expect(starts('H264', 0x78, 0, 2, 0x09, 0x10, 0, 2, 0x65, 0x88)).toBe(true);
		expect(starts('H264', 0x78, 0, 2, 0x68, 0xce, 0, 2, 0x61, 0x88)).toBe(false);
		expect(starts('H264', 0x78, 0, 9, 0x67, 0x42)).toBe(false);
		expect(starts('H264', 0x78, 0, 0, 0, 2, 0x67, 0x42)).toBe(false);
	});

	it('is the first fragment of an FU-A only', () => {
		expect(starts('H264', 0x7c, 0x85, 0x88)).toBe(true);
		expect(starts('H264', 0x7c, 0x87, 0x42)).toBe(true);
		expect(starts('H264', 0x7c, 0x05, 0x88)).toBe(false);
		expect(starts('H264', 0x7c, 0x81, 0x88)).toBe(false);
		expect(starts('H264', 0x7c)).toBe(false);
	});
});

describe('AV1 and Opus', () => {
	it('AV1 starts with the N bit, unless it continues an OBU', () => {
		expect(starts('AV1', 0x18, 0x0a)).toBe(true);
		expect(starts('AV1', 0x10, 0x0a)).toBe(false);
		expect(starts('AV1', 0x98, 0x0a)).toBe(false);
	});

	it('every Opus packet is a start', () => {
		expect(starts('opus', 0x78)).toBe(true);
	});
});

it('no payload makes the search throw or an empty one a start', () => {
	const codec = fc.constantFrom<CodecName[]>('VP8', 'VP9', 'H264', 'AV1', 'opus');
	fc.assert(
		fc.property(codec, fc.uint8Array({ maxLength: 64 }), (name, bytes) => {
			expect(typeof isKeyframeStart(name, bytes, 0, bytes.length)).toBe('boolean');
			expect(isKeyframeStart(name, bytes, 0, 0)).toBe(false);
			expect(isKeyframeStart(name, bytes, 0, bytes.length + 1)).toBe(false);
		}),
	);
});
