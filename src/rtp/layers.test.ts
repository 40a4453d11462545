import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitWriter } from './bit-writer.fixture.ts';
import type { CodecName } from './codecs.ts';
import { createPacketLayers, LayerReader, NO_SWITCH, type PacketLayers, TOP_TEMPORAL_ID } from './layers.ts';
import { createRtpHeader, parseRtpHeader } from './packet.ts';

const descriptorId = 4;

/** A received packet with this payload, and this dependency descriptor in a two-byte header extension. */
function layersOf(codec: CodecName, payload: readonly number[], descriptor?: readonly number[], reader = new LayerReader()): PacketLayers {
	const element = descriptor === undefined ? [] : [descriptorId, descriptor.length, ...descriptor];
	while (element.length % 4 !== 0) element.push(0);
	const extension = descriptor === undefined ? [] : [0x10, 0x00, 0, element.length / 4, ...element];
	const bytes = Uint8Array.from([descriptor === undefined ? 0x80 : 0x90, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, ...extension, ...payload]);
	const header = createRtpHeader();
	if (!parseRtpHeader(bytes, bytes.length, header)) throw new Error('the test made a malformed packet');
	const layers = createPacketLayers();
	reader.read(codec, bytes, header, descriptorId, layers);
	return layers;
}

/** X, I, L and T set: a picture id of 15 bits, TL0PICIDX, layer and Y. */
function vp8(temporalId: number, layerSync: boolean, start = true): number[] {
	return [start ? 0x90 : 0x80, 0xe0, 0x80, 1, 7, (temporalId << 6) | (layerSync ? 0x20 : 0), 0x01, 0];
}

/** I and L set, no keyframe. */
function vp9(temporalId: number, switchingUp: boolean): number[] {
	return [0xe8, 0x80, 1, (temporalId << 5) | (switchingUp ? 0x10 : 0), 0, 0];
}

describe('LayerReader', () => {
	it('reads VP8: a frame that builds on the base layer alone opens its own layer', () => {
		expect(layersOf('VP8', vp8(0, false))).toEqual({ temporalId: 0, switchTo: NO_SWITCH, needs: 0, startsKeyframe: false });
		expect(layersOf('VP8', vp8(2, true))).toEqual({ temporalId: 2, switchTo: 2, needs: 0, startsKeyframe: false });
		expect(layersOf('VP8', vp8(1, false))).toEqual({ temporalId: 1, switchTo: NO_SWITCH, needs: 1, startsKeyframe: false });
	});

	it('reads VP8 without layers, with a key index alone, and in packets that do not start their frame', () => {
		expect(layersOf('VP8', [0x10, 0x01, 0, 0]).temporalId).toBe(0);
		expect(layersOf('VP8', [0x90, 0x10, 0xff, 0x01, 0]).temporalId).toBe(0);
		expect(layersOf('VP8', vp8(2, false, false)).temporalId).toBe(2);
	});

	it('knows the keyframe of VP8 by its first packet', () => {
		expect(layersOf('VP8', [0x90, 0xe0, 0x80, 1, 7, 0, 0x00, 0]).startsKeyframe).toBe(true);
		expect(layersOf('VP8', [0x80, 0xe0, 0x80, 1, 7, 0, 0x00, 0]).startsKeyframe).toBe(false);
	});

	it('reads VP9: from a switching point on every layer may be sent', () => {
		expect(layersOf('VP9', vp9(0, true))).toMatchObject({ temporalId: 0, switchTo: TOP_TEMPORAL_ID, needs: 0 });
		expect(layersOf('VP9', vp9(2, false))).toMatchObject({ temporalId: 2, switchTo: NO_SWITCH, needs: 2 });
		expect(layersOf('VP9', [0x88, 0x81, 2, 0]).temporalId).toBe(0);
	});

	it('reads AV1 from the dependency descriptor, and as one layer without it', () => {
		const reader = new LayerReader();
		const structure = new BitWriter()
			.put([2, 3], [6, 0], [16, 1], [5, 0b10000], [6, 0], [5, 1], [2, 1], [2, 3], [2, 2], [2, 2], [2, 0], [2, 1], [16, 0])
			.bytes();
		expect(layersOf('AV1', [0x18, 0], structure, reader)).toMatchObject({ temporalId: 0, switchTo: 1, startsKeyframe: true });
		expect(layersOf('AV1', [0x10, 0], [0xc1, 0, 2], reader)).toMatchObject({ temporalId: 1, switchTo: NO_SWITCH, needs: 1 });
		expect(layersOf('AV1', [0x10, 0], undefined, reader)).toMatchObject({ temporalId: 0, switchTo: NO_SWITCH });
	});

	it('takes H264 for one layer', () => {
		expect(layersOf('H264', [0x65, 0x88, 0])).toEqual({ temporalId: 0, switchTo: NO_SWITCH, needs: 0, startsKeyframe: true });
		expect(layersOf('H264', [0x41, 0x9a, 0])).toMatchObject({ temporalId: 0, startsKeyframe: false });
	});

	it('never throws, and never leaves the range of layers, whatever the payload', () => {
		const reader = new LayerReader();
		const codec = fc.constantFrom<CodecName>('VP8', 'VP9', 'H264', 'AV1', 'opus');
		const bytes = fc.array(fc.nat(255), { maxLength: 40 });
		fc.assert(
			fc.property(codec, bytes, bytes, (name, payload, descriptor) => {
				const { temporalId, switchTo, needs } = layersOf(name, payload, descriptor, reader);
				expect(Math.max(temporalId, switchTo, needs)).toBeLessThanOrEqual(TOP_TEMPORAL_ID);
				expect(Math.min(temporalId, needs)).toBeGreaterThanOrEqual(0);
			}),
			{ numRuns: 2000 },
		);
	});
});
