import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVp8Descriptor, moveVp8PictureBack, readVp8Descriptor } from './vp8-descriptor.ts';

function moved(payload: readonly number[], pictures: number, tl0Pictures: number): number[] {
	const bytes = Uint8Array.from(payload);
	const descriptor = createVp8Descriptor();
	if (!readVp8Descriptor(bytes, 0, bytes.length, descriptor)) throw new Error('no descriptor');
	moveVp8PictureBack(bytes, descriptor, pictures, tl0Pictures);
	return [...bytes];
}

describe('moveVp8PictureBack', () => {
	it('moves picture ids of 15 bits, of 7 bits, and TL0PICIDX, and nothing else', () => {
		expect(moved([0x90, 0xe0, 0x81, 0x00, 7, 0x80, 9, 9], 1, 2)).toEqual([0x90, 0xe0, 0x80, 0xff, 5, 0x80, 9, 9]);
		expect(moved([0x90, 0xe0, 0x05, 7, 0x80, 9, 9], 3, 0)).toEqual([0x90, 0xe0, 0x02, 7, 0x80, 9, 9]);
	});

	it('goes round each circle', () => {
		expect(moved([0x90, 0xe0, 0x80, 0x01, 0, 0x80, 9], 3, 1)).toEqual([0x90, 0xe0, 0xff, 0xfe, 255, 0x80, 9]);
		expect(moved([0x90, 0x80, 0x01, 9], 3, 1)).toEqual([0x90, 0x80, 0x7e, 9]);
	});

	it('leaves a payload without numbers as it is', () => {
		expect(moved([0x10, 1, 2], 3, 3)).toEqual([0x10, 1, 2]);
		expect(moved([0x90, 0x10, 0x05, 9], 3, 3)).toEqual([0x90, 0x10, 0x05, 9]);
	});

	it('is undone by negative numbers', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(255), { minLength: 8, maxLength: 8 }), fc.nat(0x7fff), fc.nat(255), (payload, pictures, tl0) => {
				expect(moved(moved(payload, pictures, tl0), -pictures, -tl0)).toEqual(payload);
			}),
			{ numRuns: 500 },
		);
	});
});
