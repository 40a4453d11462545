import { NO_SWITCH, type PacketLayers, TOP_TEMPORAL_ID } from '../rtp/layers.ts';
import { difference32 } from '../rtp/sequence.ts';
import { type FrameDecision, FrameLog } from './frame-log.ts';
import { ceilingOf, NO_LAYERS, type ViewerLevel } from './viewer-level.ts';

/** VP8's picture ids have 15 bits at most (RFC 7741, section 4.2), TL0PICIDX eight. */
const PICTURE_ID_MASK = 0x7fff;
const TL0_MASK = 0xff;

/**
 * Chooses the packets that one viewer is sent of a picture, by the level it can take.
 *
 * - Whole frames only: what is decided about the first packet of a frame holds for all of them, however late they come or often they
 *   are sent again, and so do the numbers below.
 * - Down with the next frame. Up where a decoder can follow: within the layers at a frame that the codec marks as a switch (or a
 *   keyframe), from `key-frames` and `sound-only` at a keyframe.
 * - Frames left out leave no hole in VP8's picture ids and TL0PICIDX: {@link pictures} and {@link tl0Pictures} say how far they move
 *   back (`moveVp8PictureBack`). A decoder waits for the missing ids of a hole.
 *
 * A frame that was missing while its successors were numbered keeps its number. If it comes late and is left out, a hole stays: closing it
 * would give one number twice. It holds nothing up for longer than until the next frame of the base layer.
 *
 * Make one when a viewer is stepped down first, and keep it with the viewer's sink. It begins as a viewer that was sent everything.
 */
export class LayerSelector {
	/** Of the packet last admitted or recalled. */
	pictures = 0;
	tl0Pictures = 0;
	/** At the level of key frames, the least time between two of them: a thin link needs longer for each. */
	keyframeSpacingMs = 0;

	readonly #log = new FrameLog();
	readonly #found: FrameDecision = { admitted: true, ceiling: TOP_TEMPORAL_ID, pictures: 0, tl0Pictures: 0 };
	#level: ViewerLevel = 'full';
	#wanted = TOP_TEMPORAL_ID;
	/** The highest layer that the viewer is sent now; NO_LAYERS while its decoder can go on only with a keyframe. */
	#ceiling = TOP_TEMPORAL_ID;
	/** Left out so far, over all frames in order. */
	#pictures = 0;
	#tl0Pictures = 0;
	#lastKeyframeMs = Number.NEGATIVE_INFINITY;

	/** @param latestTimestamp of the packet that the viewer was sent last: the rest of that frame follows whatever the level. */
	constructor(latestTimestamp?: number) {
		if (latestTimestamp !== undefined) this.#log.add(latestTimestamp, this.#found);
	}

	get level(): ViewerLevel {
		return this.#level;
	}

	/** True while the level calls for more than the viewer's decoder can take before the next keyframe. */
	get waitsForKeyframe(): boolean {
		return this.#wanted !== NO_LAYERS && this.#ceiling === NO_LAYERS;
	}

	/** @param layerCount temporal layers that the source has now */
	setLevel(level: ViewerLevel, layerCount: number): void {
		this.#level = level;
		this.#wanted = ceilingOf(level, layerCount);
	}

	/**
	 * The viewer is sent the group since the last keyframe once more, under new sequence numbers: its frames are decided about again. The
	 * level and the spacing of keyframes stay.
	 */
	startOver(): void {
		this.#log.clear();
		this.#ceiling = TOP_TEMPORAL_ID;
		this.#pictures = 0;
		this.#tl0Pictures = 0;
	}

	/**
	 * Decides about a packet on its way to the viewer.
	 * @param timestamp of the packet as it leaves the server
	 */
	admit(layers: PacketLayers, timestamp: number, nowMs: number): boolean {
		const ahead = difference32(this.#log.newestTimestamp, timestamp);
		if (this.#log.size > 0 && ahead <= 0) return this.recall(timestamp) || this.#admitLate(layers, timestamp);
		const admitted = this.#admitFrame(layers, nowMs);
		if (!admitted) {
			this.#pictures = (this.#pictures + 1) & PICTURE_ID_MASK;
			if (layers.temporalId === 0) this.#tl0Pictures = (this.#tl0Pictures + 1) & TL0_MASK;
		}
		return this.#decide(timestamp, admitted, this.#ceiling, this.#pictures, this.#tl0Pictures);
	}

	/** For a packet that is sent again: whether its frame was admitted, and with which numbers. Changes nothing. */
	recall(timestamp: number): boolean {
		const found = this.#found;
		if (this.#log.find(timestamp, found)) return this.#answer(found);
		return this.#isBeforeAll(timestamp) && this.#answerBeforeAll();
	}

	/** The first of a frame's packets that arrives, after those of later frames. */
	#admitLate(layers: PacketLayers, timestamp: number): boolean {
		const found = this.#found;
		if (this.#log.find(timestamp, found) || !this.#log.findBefore(timestamp, found)) return false;
		const { ceiling, pictures, tl0Pictures } = found;
		return this.#decide(timestamp, layers.temporalId <= ceiling, ceiling, pictures, tl0Pictures);
	}

	#admitFrame(layers: PacketLayers, nowMs: number): boolean {
		const wanted = this.#wanted;
		if (wanted === NO_LAYERS) {
			this.#ceiling = NO_LAYERS;
			if (this.#level !== 'key-frames' || !layers.startsKeyframe || nowMs - this.#lastKeyframeMs < this.keyframeSpacingMs) return false;
			this.#lastKeyframeMs = nowMs;
			return true;
		}
		if (layers.startsKeyframe) {
			this.#ceiling = wanted;
			this.#lastKeyframeMs = nowMs;
			return true;
		}
		if (this.#ceiling > wanted) this.#ceiling = wanted;
		else if (this.#ceiling !== NO_LAYERS && layers.switchTo !== NO_SWITCH && layers.needs <= this.#ceiling) {
			this.#ceiling = Math.max(this.#ceiling, Math.min(wanted, layers.switchTo));
		}
		return layers.temporalId <= this.#ceiling;
	}

	#decide(timestamp: number, admitted: boolean, ceiling: number, pictures: number, tl0Pictures: number): boolean {
		const found = this.#found;
		found.admitted = admitted;
		found.ceiling = ceiling;
		found.pictures = pictures;
		found.tl0Pictures = tl0Pictures;
		this.#log.add(timestamp, found);
		return this.#answer(found);
	}

	#answer({ admitted, pictures, tl0Pictures }: FrameDecision): boolean {
		this.pictures = pictures;
		this.tl0Pictures = tl0Pictures;
		return admitted;
	}

	/** Frames from before the first decision were all sent, under their own numbers. */
	#isBeforeAll(timestamp: number): boolean {
		return !this.#log.full && !this.#log.findBefore(timestamp, this.#found);
	}

	#answerBeforeAll(): boolean {
		this.pictures = 0;
		this.tl0Pictures = 0;
		return true;
	}
}
