import { ceilingOf, levelsOf, NO_LAYERS, type ViewerLevel } from './viewer-level.ts';
import { ViewerLink } from './viewer-link.ts';

/** What the viewer's source sends at the moment (see RateMeter). */
export interface SourceRates {
	layerCount(nowMs: number): number;
	/** Bits per second of the temporal layers up to this one. */
	layersBps(temporalId: number, nowMs: number): number;
	readonly keyframeBytes: number;
	readonly keyframeIntervalMs: number;
}

/** A change shows in the viewer's reports only after a round trip and some time for its queue to drain. */
const SETTLE_MS = 500;
const DEFAULT_ROUND_TRIP_MS = 100;
/** Up again after this long without trouble. Each try that fails doubles it, because a try costs the viewer seconds of sound and picture. */
const FIRST_WAIT_MS = 5000;
const LAST_WAIT_MS = 60_000;
/** Trouble this soon after a step up is laid to it: an estimate falls within two seconds, a long queue overflows within a few more. */
const TRY_MS = 10_000;
/** Room that an estimate must show above a level's rate: that of a camera moves by so much from second to second. */
const HEADROOM = 1.1;
/**
 * A receiver's estimate grows to 1.5 times what it receives and no further (libwebrtc's AimdRateControl), so that one that receives little
 * never shows room for much. Near that bound it shows that nothing holds it back: reason enough for a try.
 */
const UNHINDERED = 1.4;
/** Keyframes take this share of what sound leaves of a thin link: sound must pass while one is on its way. */
const KEYFRAME_SHARE = 0.7;
/** A picture older than this tells a helper nothing about now. */
const LONGEST_SPACING_MS = 20_000;
const SPACING_STEP_MS = 500;

/**
 * Decides the level of one viewer from what its reports say of its link: down quickly, up slowly. Pure policy: what the level means for
 * packets is LayerSelector's, and nothing here touches another viewer, the phone, or sound.
 */
export class ViewerAdaptation {
	level: ViewerLevel = 'full';
	/** Least time between two keyframes at the level of key frames, for LayerSelector. */
	keyframeSpacingMs = 0;
	/** What the link leaves for the picture by the viewer's recent estimate, if there is one: keyframes are best paced by it. */
	pictureBudgetBps: number | undefined;

	readonly #link = new ViewerLink();
	#changedMs = Number.NEGATIVE_INFINITY;
	#troubleMs = Number.NEGATIVE_INFINITY;
	/** The last change was a step up. */
	#trying = false;
	#waitMs = FIRST_WAIT_MS;
	/** Spacing of keyframes that trouble has shown to be needed. */
	#leastSpacingMs = 0;

	/**
	 * A receiver report of the viewer.
	 * @param fractionLost 0 to 1: the worst of its blocks about the picture and the sound of this publication
	 */
	report(fractionLost: number, nowMs: number): void {
		this.#link.report(fractionLost, nowMs);
	}

	/** The viewer's estimate of what its link takes of everything that it is sent. */
	remb(bitrateBps: number, nowMs: number): void {
		this.#link.remb(bitrateBps, nowMs);
	}

	/**
	 * To be called several times a second.
	 * @param soundBps of the sound beside the picture
	 * @param roundTripMs to the viewer, if known
	 * @returns whether level or spacing have changed
	 */
	tick(source: SourceRates, soundBps: number, roundTripMs: number | undefined, nowMs: number): boolean {
		const { level, keyframeSpacingMs } = this;
		const link = this.#link;
		link.setSent(this.#rateOf(level, source, nowMs) + soundBps);
		if (nowMs - this.#changedMs < SETTLE_MS + (roundTripMs ?? DEFAULT_ROUND_TRIP_MS)) link.forgetTrouble();
		else if (link.congested(nowMs)) this.#stepDown(source, soundBps, nowMs);
		else if (!link.clean(nowMs)) this.#troubleMs = nowMs;
		else if (nowMs - Math.max(this.#changedMs, this.#troubleMs) >= this.#waitMs) this.#stepUp(source, soundBps, nowMs);
		this.#spaceKeyframes(source, soundBps, nowMs);
		return level !== this.level || keyframeSpacingMs !== this.keyframeSpacingMs;
	}

	#stepDown(source: SourceRates, soundBps: number, nowMs: number): void {
		const levels = levelsOf(source.layerCount(nowMs));
		const budgetBps = this.#link.budgetBps(nowMs);
		this.#troubleMs = nowMs;
		this.#link.forgetTrouble();
		if (this.level === 'sound-only') return;
		if (this.#trying && nowMs - this.#changedMs < TRY_MS) this.#waitMs = Math.min(2 * this.#waitMs, LAST_WAIT_MS);
		else if (nowMs - this.#changedMs > LAST_WAIT_MS) this.#waitMs = FIRST_WAIT_MS;
		this.#trying = false;
		this.#changedMs = nowMs;
		if (this.level === 'key-frames') {
			this.#leastSpacingMs = 2 * Math.max(this.keyframeSpacingMs, source.keyframeIntervalMs);
			if (this.#leastSpacingMs > LONGEST_SPACING_MS) this.level = 'sound-only';
			return;
		}
		const lower = levels.slice(this.#placeIn(levels) + 1);
		const fitting = lower.find((level) => level === 'key-frames' || this.#rateOf(level, source, nowMs) + soundBps <= budgetBps);
		this.level = fitting === undefined || budgetBps <= soundBps ? 'sound-only' : fitting;
	}

	#stepUp(source: SourceRates, soundBps: number, nowMs: number): void {
		const levels = levelsOf(source.layerCount(nowMs));
		const place = this.#placeIn(levels);
		if (place === 0) return;
		const estimate = this.#link.estimateBps(nowMs);
		const higher = levels.slice(0, place);
		const roomFor = (level: ViewerLevel): boolean =>
			estimate !== undefined && estimate >= HEADROOM * (this.#rateOf(level, source, nowMs) + soundBps);
		// Keyframes are too short for an estimate to grow by them; between them it sees sound alone.
		const steadyBps = soundBps + (this.level === 'key-frames' ? 0 : this.#rateOf(this.level, source, nowMs));
		const unhindered = estimate === undefined || estimate >= UNHINDERED * steadyBps;
		const next = higher.find(roomFor) ?? (unhindered ? higher.at(-1) : undefined);
		if (next === undefined) return;
		if (this.#trying) this.#waitMs = FIRST_WAIT_MS; // the last try has held
		this.#trying = true;
		this.#changedMs = nowMs;
		if (this.level === 'key-frames') this.#leastSpacingMs = 0;
		this.level = next;
	}

	/** The place of the level among those of the source, which may have lost layers since it was chosen: then nothing is left out any more. */
	#placeIn(levels: readonly ViewerLevel[]): number {
		return Math.max(0, levels.indexOf(this.level));
	}

	#spaceKeyframes(source: SourceRates, soundBps: number, nowMs: number): void {
		const estimate = this.#link.estimateBps(nowMs);
		this.pictureBudgetBps = estimate === undefined ? undefined : Math.max(0, estimate - soundBps);
		if (this.level !== 'key-frames') return;
		const neededMs =
			this.pictureBudgetBps === undefined ? 0 : (8000 * source.keyframeBytes) / Math.max(1, KEYFRAME_SHARE * this.pictureBudgetBps);
		const spacingMs = Math.min(LONGEST_SPACING_MS, Math.max(this.#leastSpacingMs, neededMs));
		this.keyframeSpacingMs = SPACING_STEP_MS * Math.ceil(spacingMs / SPACING_STEP_MS);
	}

	/** Bits per second of the picture at a level. */
	#rateOf(level: ViewerLevel, source: SourceRates, nowMs: number): number {
		if (level === 'sound-only') return 0;
		if (level === 'key-frames') return (8000 * source.keyframeBytes) / Math.max(source.keyframeIntervalMs, this.keyframeSpacingMs, 1);
		const ceiling = ceilingOf(level, source.layerCount(nowMs));
		return ceiling === NO_LAYERS ? 0 : source.layersBps(ceiling, nowMs);
	}
}
