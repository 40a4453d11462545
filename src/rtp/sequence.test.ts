import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add16, add32, difference32, distance16, firstExtended16, firstExtended32, isNewer16, unwrap16, unwrap32 } from './sequence.ts';

const aroundTheWrap = [0, 1, 2, 16, 255, 256, 0x7ffe, 0x7fff, 0x8000, 0x8001, 0xff00, 0xfff0, 0xfffc, 0xfffd, 0xfffe, 0xffff];

describe('16-bit sequence numbers', () => {
	for (const start of aroundTheWrap) {
		it(`count forwards and backwards from ${start}`, () => {
			for (const step of [1, 2, 17, 1000, 0x7fff]) {
				const later = add16(start, step);
				expect(distance16(start, later)).toBe(step);
				expect(distance16(later, start)).toBe(-step);
				expect(isNewer16(later, start)).toBe(true);
				expect(isNewer16(start, later)).toBe(false);
			}
			expect(distance16(start, start)).toBe(0);
			expect(isNewer16(start, start)).toBe(false);
		});

		it(`unwrap to one rising line from ${start}, over three cycles`, () => {
			let reference = firstExtended16(start);
			for (let i = 1; i <= 200; i++) {
				const next = unwrap16(reference, add16(start, i * 1000));
				expect(next - reference).toBe(1000);
				reference = next;
			}
		});

		it(`place a reordered packet before the first one, ${start}`, () => {
			const first = firstExtended16(start);
			expect(unwrap16(first, add16(start, -5))).toBe(first - 5);
			expect(unwrap16(first, add16(start, -5))).toBeGreaterThan(0);
		});
	}

	it('treat half the circle as behind', () => {
		expect(distance16(0, 0x8000)).toBe(-0x8000);
		expect(isNewer16(0x8000, 0)).toBe(false);
	});

	it('unwrap any distance below half a cycle exactly, however large the reference', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 2 ** 48 }), fc.integer({ min: -0x7fff, max: 0x7fff }), (reference, distance) => {
				const wanted = reference + distance;
				const seq = ((wanted % 0x10000) + 0x10000) % 0x10000;
				expect(unwrap16(reference, seq)).toBe(wanted);
			}),
		);
	});
});

describe('32-bit timestamps', () => {
	it('differ by the short way round', () => {
		expect(difference32(0xffffff00, 0x100)).toBe(0x200);
		expect(difference32(0x100, 0xffffff00)).toBe(-0x200);
		expect(add32(0xffffffff, 1)).toBe(0);
		expect(add32(0, -1)).toBe(0xffffffff);
	});

	it('unwrap across the wrap in both directions', () => {
		const first = firstExtended32(0xfffffff0);
		const later = unwrap32(first, 0x10);
		expect(later - first).toBe(0x20);
		expect(unwrap32(later, 0xfffffff0)).toBe(first);
	});

	it('unwrap any distance below half a cycle exactly', () => {
		fc.assert(
			fc.property(fc.integer({ min: 2 ** 32, max: 2 ** 50 }), fc.integer({ min: -0x7fffffff, max: 0x7fffffff }), (reference, distance) => {
				const wanted = reference + distance;
				expect(unwrap32(reference, wanted % 2 ** 32)).toBe(wanted);
			}),
		);
	});
});
