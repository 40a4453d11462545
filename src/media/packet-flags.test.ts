import { expect, test } from 'vitest';
import { codecs } from '../rtp/codecs.ts';
import { createPacketLayers } from '../rtp/layers.ts';
import { packFlags, unpackCodec, unpackLayers } from './packet-flags.ts';

test('layers and codec come back as they were put in', () => {
	const found = createPacketLayers();
	for (const { name } of codecs) {
		for (const startsKeyframe of [false, true]) {
			for (let temporalId = 0; temporalId <= 7; temporalId++) {
				for (let switchTo = -1; switchTo <= 7; switchTo++) {
					const layers = { temporalId, switchTo, needs: 7 - temporalId, startsKeyframe };
					const flags = packFlags(layers, name);
					expect(flags).toBeLessThan(0x10000);
					unpackLayers(flags, found);
					expect(found).toEqual(layers);
					expect(unpackCodec(flags)).toBe(name);
				}
			}
		}
	}
});
