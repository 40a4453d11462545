import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitWriter } from './bit-writer.fixture.ts';
import { DependencyDescriptorReader } from './dependency-descriptor.ts';

const indications = { '-': 0, D: 1, S: 2, R: 3 } as const;
type Indication = keyof typeof indications;

function put(into: BitWriter, row: string): void {
	for (const sign of row) into.put([2, indications[sign as Indication] ?? 0]);
}

/**
 * The structure that libwebrtc's L1T3 sends with a keyframe, first packet of its frame: five templates with temporal layers 0, 0, 1, 2
 * and 2, and one decode target for each layer.
 */
function l1t3(idOffset: number, template = idOffset): number[] {
	const bits = new BitWriter().put([2, 0b11], [6, template], [16, 1], [5, 0b10000], [6, idOffset], [5, 2]);
	for (const next of [0, 1, 1, 0, 3]) bits.put([2, next]);
	for (const row of ['SSS', 'SSS', '-DS', '--D', '--D']) put(bits, row);
	// What follows is not read: frame differences, chains, resolutions.
	return bits.put([24, 0x123456]).bytes();
}

function packet(template: number, ...rest: readonly (readonly [number, number])[]): number[] {
	return new BitWriter().put([2, 0b11], [6, template], [16, 2], ...rest).bytes();
}

function read(reader: DependencyDescriptorReader, data: readonly number[]): [temporalId: number, switchTo: number] | undefined {
	const bytes = Uint8Array.from([0xff, 0xff, ...data, 0xff]);
	return reader.read(bytes, 2, data.length) ? [reader.temporalId, reader.switchTo] : undefined;
}

describe('DependencyDescriptorReader', () => {
	it('tells temporal layers, and where to switch, from the template that a packet names', () => {
		const reader = new DependencyDescriptorReader();
		expect(read(reader, l1t3(10))).toEqual([0, 2]);
		expect([11, 12, 13, 14].map((template) => read(reader, packet(template)))).toEqual([
			[0, 2],
			[1, 2],
			[2, -1],
			[2, -1],
		]);
	});

	it('counts template ids on a circle of 64', () => {
		const reader = new DependencyDescriptorReader();
		read(reader, l1t3(62));
		expect([62, 63, 0, 1, 2].map((template) => read(reader, packet(template))?.[0])).toEqual([0, 0, 1, 2, 2]);
	});

	it('knows nothing before the first structure, nor of a template that the structure does not have', () => {
		const reader = new DependencyDescriptorReader();
		expect(read(reader, packet(10))).toBeUndefined();
		read(reader, l1t3(10));
		expect([9, 15].map((template) => read(reader, packet(template)))).toEqual([undefined, undefined]);
	});

	it("takes a frame's own indications, also behind the list of active targets", () => {
		const reader = new DependencyDescriptorReader();
		read(reader, l1t3(10));
		const own = [
			[2, 0],
			[2, 1],
			[2, 2],
		] as const;
		expect(read(reader, packet(13, [5, 0b00100], ...own))).toEqual([2, 2]);
		expect(read(reader, packet(13, [5, 0b01100], [3, 0b111], ...own))).toEqual([2, 2]);
		expect(read(reader, packet(12, [5, 0b00100], [2, 0], [2, 1], [2, 1]))).toEqual([1, -1]);
	});

	it('keeps the structure it has when a later one is cut off, has too many layers or no end', () => {
		const reader = new DependencyDescriptorReader();
		read(reader, l1t3(10));
		const start = () => new BitWriter().put([2, 0b11], [6, 20], [16, 1], [5, 0b10000], [6, 20], [5, 2]);
		const broken = [
			l1t3(20).slice(0, 8),
			Array.from({ length: 8 })
				.reduce<BitWriter>((bits) => bits.put([2, 1]), start())
				.bytes(),
			Array.from({ length: 4 })
				.reduce<BitWriter>((bits) => bits.put([2, 2]), start())
				.bytes(),
			Array.from({ length: 64 })
				.reduce<BitWriter>((bits) => bits.put([2, 0]), start())
				.put([2, 3], [31, 0])
				.bytes(),
		];
		for (const data of broken) expect(read(reader, data)).toBeUndefined();
		expect(read(reader, packet(12))).toEqual([1, 2]);
	});

	it('follows a structure that replaces another', () => {
		const reader = new DependencyDescriptorReader();
		read(reader, l1t3(10));
		read(reader, l1t3(40));
		expect(read(reader, packet(12))).toBeUndefined();
		expect(read(reader, packet(42))).toEqual([1, 2]);
	});

	it('makes layers 0 to 7 or nothing of whatever it is fed', () => {
		const reader = new DependencyDescriptorReader();
		const valid = fc.constantFrom(l1t3(10), packet(12), packet(13, [5, 0b00100], [6, 0b000110]));
		const data = fc.oneof(
			fc.array(fc.nat(255), { maxLength: 80 }),
			fc.tuple(valid, fc.nat(200), fc.nat(255)).map(([bytes, at, value]) => bytes.with(at % bytes.length, value)),
		);
		fc.assert(
			fc.property(data, (bytes) => {
				const layers = read(reader, bytes);
				if (layers === undefined) return;
				expect(layers[0]).toBeLessThan(8);
				expect(layers[1]).toBeLessThan(8);
			}),
			{ numRuns: 2000 },
		);
	});
});
