import { TOP_TEMPORAL_ID } from '../rtp/layers.ts';

/**
 * How much of a picture a viewer is sent; its sound it always gets.
 *
 * - `no-top-layer`, `base-layer`: fewer frames a second, by leaving temporal layers out;
 * - `key-frames`: a still picture every few seconds.
 */
export type ViewerLevel = 'full' | 'no-top-layer' | 'base-layer' | 'key-frames' | 'sound-only';

/** Of the ceiling of a level: no frame builds on another there, layers mean nothing. */
export const NO_LAYERS = -1;

const withoutLayers: readonly ViewerLevel[] = ['full', 'key-frames', 'sound-only'];
const withTwo: readonly ViewerLevel[] = ['full', 'base-layer', 'key-frames', 'sound-only'];
const withMore: readonly ViewerLevel[] = ['full', 'no-top-layer', 'base-layer', 'key-frames', 'sound-only'];

/** The levels of a source, best first. H264, and an encoder that was not asked for layers, have one layer. */
export function levelsOf(layerCount: number): readonly ViewerLevel[] {
	return layerCount <= 1 ? withoutLayers : layerCount === 2 ? withTwo : withMore;
}

/** The highest temporal layer of a level, or {@link NO_LAYERS}. */
export function ceilingOf(level: ViewerLevel, layerCount: number): number {
	switch (level) {
		case 'full':
			return TOP_TEMPORAL_ID;
		case 'no-top-layer':
			return Math.max(0, layerCount - 2);
		case 'base-layer':
			return 0;
		default:
			return NO_LAYERS;
	}
}
