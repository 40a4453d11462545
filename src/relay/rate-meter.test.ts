import { describe, expect, it } from 'vitest';
import { createPacketLayers } from '../rtp/layers.ts';
import { RateMeter } from './rate-meter.ts';

/** Ten packets a second of 1,000 bytes, layers in turn, each a frame of its own. */
function play(meter: RateMeter, temporalIds: readonly number[], fromMs: number, ms: number): void {
	for (let at = 0; at < ms / 100; at++) {
		const temporalId = temporalIds[at % temporalIds.length] ?? 0;
		meter.packet({ ...createPacketLayers(), temporalId }, fromMs + at, 1000, fromMs + 100 * at);
	}
}

describe('RateMeter', () => {
	it('tells the bit rate of the layers up to each, over the last second', () => {
		const meter = new RateMeter();
		play(meter, [0, 2, 1, 2, 2], 0, 3000);
		expect([0, 1, 2, 7].map((layer) => meter.layersBps(layer, 2900))).toEqual([16_000, 32_000, 80_000, 80_000]);
		expect(meter.totalBps(2900)).toBe(80_000);
	});

	it('counts the layers of the last second', () => {
		const meter = new RateMeter();
		expect(meter.layerCount(0)).toBe(1);
		play(meter, [0, 2, 1, 2], 0, 2000);
		expect(meter.layerCount(1900)).toBe(3);
		play(meter, [0, 1], 2000, 2000);
		expect(meter.layerCount(3900)).toBe(2);
	});

	it('is at zero a second after the last packet', () => {
		const meter = new RateMeter();
		play(meter, [0], 0, 1000);
		expect(meter.totalBps(2100)).toBe(0);
	});

	it('counts layers above the fourth with it', () => {
		const meter = new RateMeter();
		play(meter, [7], 0, 1000);
		expect([meter.layersBps(2, 900), meter.layersBps(7, 900), meter.layerCount(900)]).toEqual([0, 80_000, 4]);
	});

	it('measures keyframes by all their packets, and the time between two', () => {
		const meter = new RateMeter();
		const keyframe = (timestamp: number, nowMs: number): void => {
			meter.packet({ ...createPacketLayers(), startsKeyframe: true }, timestamp, 1200, nowMs);
			// H264 shows the start twice: parameter sets, then the first slice.
			meter.packet({ ...createPacketLayers(), startsKeyframe: true }, timestamp, 1200, nowMs + 1);
			meter.packet(createPacketLayers(), timestamp, 600, nowMs + 2);
			meter.packet(createPacketLayers(), timestamp + 1, 100, nowMs + 33);
		};
		keyframe(10, 1000);
		expect([meter.keyframeBytes, meter.keyframeIntervalMs]).toEqual([3000, 3000]);
		keyframe(20, 3000);
		expect([meter.keyframeBytes, meter.keyframeIntervalMs]).toEqual([3000, 2000]);
	});
});
