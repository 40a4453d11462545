import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacketLayers, NO_SWITCH, type PacketLayers, TOP_TEMPORAL_ID } from '../rtp/layers.ts';
import { LayerSelector } from './layer-selector.ts';
import type { ViewerLevel } from './viewer-level.ts';

const FRAME_TICKS = 3000;

interface Frame extends PacketLayers {
	readonly timestamp: number;
	readonly pictureId: number;
	readonly tl0PicIdx: number;
}

/** The first temporal layer that a codec makes: VP8 marks upper frames that build on the base alone, VP9 and AV1 frames to go on from. */
type Marks = 'vp8' | 'vp9';

/** L1T3 as encoders send it: layers 0 2 1 2, a keyframe first and at the given places. */
function layered(count: number, keyframes: readonly number[] = [0], marks: Marks = 'vp8', firstTimestamp = 0): Frame[] {
	let tl0PicIdx = -1;
	return Array.from({ length: count }, (_, index) => {
		const startsKeyframe = keyframes.includes(index);
		const sinceKeyframe = index - Math.max(...keyframes.filter((place) => place <= index));
		const temporalId = [0, 2, 1, 2][sinceKeyframe % 4] ?? 0;
		if (temporalId === 0) tl0PicIdx++;
		const sync = marks === 'vp8' && (sinceKeyframe % 4 === 1 || sinceKeyframe % 4 === 2);
		const opens = marks === 'vp9' && temporalId === 0;
		return {
			timestamp: (firstTimestamp + index * FRAME_TICKS) >>> 0,
			pictureId: index,
			tl0PicIdx,
			temporalId,
			needs: sync ? 0 : temporalId,
			switchTo: sync ? temporalId : opens ? TOP_TEMPORAL_ID : NO_SWITCH,
			startsKeyframe,
		};
	});
}

/** One layer, as H264 has. */
function flat(count: number, keyframes: readonly number[]): Frame[] {
	return Array.from({ length: count }, (_, index) => ({
		...createPacketLayers(),
		timestamp: index * FRAME_TICKS,
		pictureId: index,
		tl0PicIdx: index,
		startsKeyframe: keyframes.includes(index),
	}));
}

class Viewer {
	readonly selector: LayerSelector;
	/** Picture ids and TL0PICIDX as the viewer sees them, in the order of arrival. */
	readonly ids: number[] = [];
	readonly tl0: number[] = [];
	/** Places of the frames that it was sent. */
	readonly frames: number[] = [];
	nowMs = 0;

	constructor(latestTimestamp?: number) {
		this.selector = new LayerSelector(latestTimestamp);
	}

	level(level: ViewerLevel, layers = 3): this {
		this.selector.setLevel(level, layers);
		return this;
	}

	send(...frames: readonly (Frame | undefined)[]): this {
		for (const frame of frames) {
			if (frame === undefined) throw new Error('no such frame');
			this.nowMs += 33;
			if (!this.selector.admit(frame, frame.timestamp, this.nowMs)) continue;
			this.frames.push(frame.pictureId);
			this.ids.push((frame.pictureId - this.selector.pictures) & 0x7fff);
			this.tl0.push((frame.tl0PicIdx - this.selector.tl0Pictures) & 0xff);
		}
		return this;
	}
}

describe('LayerSelector', () => {
	it('lets everything through at the full level', () => {
		const frames = layered(12);
		expect(new Viewer().send(...frames).frames).toEqual(frames.map(({ pictureId }) => pictureId));
	});

	it('leaves the top layer out, or all but the base, without a hole in the picture ids', () => {
		const half = new Viewer().level('no-top-layer').send(...layered(12));
		expect(half.frames).toEqual([0, 2, 4, 6, 8, 10]);
		expect(half.ids).toEqual([0, 1, 2, 3, 4, 5]);
		const base = new Viewer().level('base-layer').send(...layered(12));
		expect(base.frames).toEqual([0, 4, 8]);
		expect(base.ids).toEqual([0, 1, 2]);
		expect(base.tl0).toEqual([0, 1, 2]);
	});

	it('steps down with the next frame, and never within one', () => {
		const frames = layered(8);
		const viewer = new Viewer().send(frames[0], frames[1]).level('base-layer').send(frames[1], frames[2], frames[3], frames[4]);
		expect(viewer.frames).toEqual([0, 1, 1, 4]);
		expect(viewer.ids).toEqual([0, 1, 1, 2]);
	});

	it('steps up at a frame that builds on the base layer alone, layer by layer', () => {
		const frames = layered(16);
		const viewer = new Viewer()
			.level('base-layer')
			.send(...frames.slice(0, 7))
			.level('full')
			.send(...frames.slice(7));
		// Frame 7 builds on layer 1, which the viewer does not have; 9 opens layer 2.
		expect(viewer.frames).toEqual([0, 4, 8, 9, 10, 11, 12, 13, 14, 15]);
		expect(viewer.ids).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	});

	it('steps up after a switching point of VP9 and AV1', () => {
		const frames = layered(12, [0], 'vp9');
		const viewer = new Viewer()
			.level('base-layer')
			.send(...frames.slice(0, 6))
			.level('full')
			.send(...frames.slice(6));
		expect(viewer.frames).toEqual([0, 4, 8, 9, 10, 11]);
	});

	it('takes a keyframe for a place to step up, too', () => {
		const frames = layered(12, [0, 6]).map((frame) => ({ ...frame, switchTo: NO_SWITCH, needs: frame.temporalId }));
		const viewer = new Viewer()
			.level('base-layer')
			.send(...frames.slice(0, 5))
			.level('full')
			.send(...frames.slice(5));
		expect(viewer.frames).toEqual([0, 4, 6, 7, 8, 9, 10, 11]);
	});

	it('sends keyframes alone, and more only from the next one on', () => {
		const frames = layered(20, [0, 6, 12]);
		const viewer = new Viewer()
			.level('key-frames')
			.send(...frames.slice(0, 8))
			.level('full');
		expect(viewer.selector.waitsForKeyframe).toBe(true);
		viewer.send(...frames.slice(8, 15));
		expect(viewer.selector.waitsForKeyframe).toBe(false);
		expect(viewer.frames).toEqual([0, 6, 12, 13, 14]);
		expect(viewer.ids).toEqual([0, 1, 2, 3, 4]);
		expect(viewer.tl0).toEqual([0, 1, 2, 2, 2]);
	});

	it('keeps the spacing of keyframes that a thin link needs', () => {
		const viewer = new Viewer().level('key-frames', 1);
		viewer.selector.keyframeSpacingMs = 500;
		expect(viewer.send(...flat(60, [0, 10, 20, 30, 40])).frames).toEqual([0, 20, 40]);
	});

	it('sends nothing of the picture at the level of sound, and goes on with a keyframe', () => {
		const frames = flat(20, [0, 12]);
		const viewer = new Viewer()
			.send(...frames.slice(0, 2))
			.level('sound-only', 1)
			.send(...frames.slice(2, 6))
			.level('full', 1);
		expect(viewer.send(...frames.slice(6)).frames).toEqual([0, 1, 12, 13, 14, 15, 16, 17, 18, 19]);
	});

	it('decides about a frame once: its packets that come late, or again, get the same answer and numbers', () => {
		const frames = layered(9);
		const viewer = new Viewer().level('base-layer').send(...frames);
		const answers = frames.map(({ timestamp }) => [viewer.selector.recall(timestamp), viewer.selector.pictures]);
		expect(answers.map(([admitted]) => admitted)).toEqual([true, false, false, false, true, false, false, false, true]);
		expect([answers[0]?.[1], answers[4]?.[1], answers[8]?.[1]]).toEqual([0, 3, 6]);
		viewer.level('full').send(...layered(40).slice(9));
		expect(frames.map(({ timestamp }) => [viewer.selector.recall(timestamp), viewer.selector.pictures])).toEqual(answers);
		viewer.send(frames[4], frames[5]);
		expect([viewer.frames.at(-1), viewer.ids.at(-1)]).toEqual([4, 1]);
	});

	it('gives a frame that comes after its successors the number that was left for it', () => {
		const frames = layered(9);
		const viewer = new Viewer().level('base-layer').send(frames[0], frames[1], frames[2], frames[3], frames[8], frames[4], frames[5]);
		expect(viewer.frames).toEqual([0, 8, 4]);
		expect(viewer.ids).toEqual([0, 5, 1]);
	});

	it('lets the rest of a frame, and earlier ones, through to a viewer that was sent their beginning', () => {
		const frames = layered(8);
		const viewer = new Viewer(frames[5]?.timestamp).level('sound-only').send(frames[5], frames[3], frames[6]);
		expect(viewer.frames).toEqual([5, 3]);
		expect(viewer.selector.recall(frames[1]?.timestamp ?? -1)).toBe(true);
	});

	it('refuses frames that it has forgotten', () => {
		const frames = layered(600);
		const viewer = new Viewer().send(...frames);
		expect(viewer.selector.recall(0)).toBe(false);
		expect(viewer.selector.recall(frames[200]?.timestamp ?? -1)).toBe(true);
	});

	it('decides anew about a group that is sent once more, and keeps the spacing of keyframes', () => {
		const frames = flat(8, [0]);
		const viewer = new Viewer().level('key-frames', 1).send(...frames);
		viewer.selector.keyframeSpacingMs = 1000;
		viewer.selector.startOver();
		expect(viewer.send(...frames).frames).toEqual([0]);
		viewer.nowMs += 1000;
		viewer.selector.startOver();
		expect(viewer.send(...frames).frames).toEqual([0, 0]);
	});

	it.each([0, 0xffff_0000])('gives no picture id twice whatever is lost, late or stepped, from timestamp %i', (firstTimestamp) => {
		const frames = layered(300, [0, 90, 200], 'vp8', firstTimestamp);
		const levels = fc.constantFrom<ViewerLevel>('full', 'no-top-layer', 'base-layer', 'key-frames', 'sound-only');
		const step = fc.record({ at: fc.nat(299), level: levels });
		const delays = fc.array(fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat(12), fc.constant(Number.POSITIVE_INFINITY)), {
			minLength: 300,
			maxLength: 300,
		});
		fc.assert(
			fc.property(delays, fc.array(step, { maxLength: 12 }), (late, steps) => {
				const order = frames
					.map((frame, index) => ({ frame, at: index + (late[index] ?? 0) }))
					.filter(({ at }) => at !== Number.POSITIVE_INFINITY)
					.sort((one, other) => one.at - other.at);
				const viewer = new Viewer();
				for (const { frame, at } of order) {
					for (const { level } of steps.filter((candidate) => candidate.at === at)) viewer.level(level);
					viewer.send(frame);
				}
				expect(new Set(viewer.ids).size).toBe(viewer.ids.length);
				const inOrder = viewer.frames.map((place, index) => [place, viewer.ids[index] ?? 0] as const).sort(([a], [b]) => a - b);
				for (const [index, [, id]] of inOrder.entries()) expect(id).toBeGreaterThan(inOrder[index - 1]?.[1] ?? -1);
			}),
			{ numRuns: 150 },
		);
	});

	it('sends a viewer that lost nothing only frames whose references it has', () => {
		const frames = layered(300, [0, 90, 200]);
		const levels = fc.constantFrom<ViewerLevel>('full', 'no-top-layer', 'base-layer', 'key-frames', 'sound-only');
		fc.assert(
			fc.property(fc.array(fc.record({ at: fc.nat(299), level: levels }), { maxLength: 20 }), (steps) => {
				const viewer = new Viewer();
				/** Of each layer, the last frame sent and the last one made: a frame builds on those of the layers that it needs. */
				const sent: number[] = [];
				const made: number[] = [];
				for (const [index, frame] of frames.entries()) {
					for (const { level } of steps.filter(({ at }) => at === index)) viewer.level(level);
					if (frame.startsKeyframe) {
						sent.length = 0;
						made.length = 0;
					}
					const before = viewer.frames.length;
					viewer.send(frame);
					const admitted = viewer.frames.length > before;
					if (admitted && !frame.startsKeyframe) for (let layer = 0; layer <= frame.needs; layer++) expect(sent[layer]).toBe(made[layer]);
					made[frame.temporalId] = index;
					if (admitted) sent[frame.temporalId] = index;
				}
			}),
			{ numRuns: 200 },
		);
	});
});
