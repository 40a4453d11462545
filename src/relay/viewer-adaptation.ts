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
/**
 * A level is tried again after this long without trouble. Each try that fails doubles the wait for that level, because it costs the viewer
 * seconds of sound and picture.
 */
const FIRST_WAIT_MS = 5000;
const LAST_WAIT_MS = 60_000;
/** Trouble this soon after a step up is laid to it: a long queue overflows after seconds, keyframes may come only now and then. */
const TRY_MS = 30_000;
/** Room that an estimate must show above a level's rate: that of a camera moves by so much from second to second. */
const HEADROOM = 1.1;
/**
 * A receiver's estimate grows to 1.5 times what it receives and no further (libwebrtc's AimdRateControl), so that one that receives little
 * never shows room for much. Near that bound it shows that nothing holds it back: reason enough for a try.
 */
const UNHINDERED = 1.4;
/** Such a try waits so many times longer: it fails more often than one that an estimate speaks for. Where there is no estimate, none can. */
const BLIND_PATIENCE = 2;
/** A level whose rate is this much above what a failed try has shown to pass would fail as well: an estimate falls to 0.85 of it. */
const TOO_MUCH = 1.2;
/** Keyframes take this share of the estimate, which runs up to 1.5 times ahead of what arrives: sound must pass while one is on its way. */
const KEYFRAME_SHARE = 0.6;
/** A picture older than this tells a helper nothing about now. */
const LONGEST_SPACING_MS = 20_000;
/** After sound alone: nothing is known of the link then but that sound passes. */
const FIRST_SPACING_MS = 10_000;
const SPACING_STEP_MS = 500;

/**
 * Decides the level of one viewer from what its reports say of its link: down quickly, up slowly. Pure policy: what the level means for
 * packets is LayerSelector's, and nothing here touches another viewer, the phone, or sound.
 */
export class ViewerAdaptation {
	level: ViewerLevel = 'full';
	/** Least time between two keyframes at the level of key frames, for LayerSelector. */
	keyframeSpacingMs = 0;
	/**
	 * The rate at which packets are best sent at that level: a keyframe at once fills the queue of a thin link, with sound behind it.
	 * Infinity at any other level.
	 */
	keyframePaceBps = Number.POSITIVE_INFINITY;

	readonly #link = new ViewerLink();
	#changedMs = Number.NEGATIVE_INFINITY;
	#troubleMs = Number.NEGATIVE_INFINITY;
	/** The level before the last change, when that was a step up. */
	#triedFrom: ViewerLevel | undefined;
	/** By level, where it is not the first. */
	readonly #waits = new Map<ViewerLevel, number>();
	/** Spacing of keyframes that trouble has shown to be needed. */
	#leastSpacingMs = 0;

	/**
	 * A receiver report of the viewer.
	 * @param fractionLost 0 to 1, of the picture and the sound of this publication together
	 * @param packets how many of them the report speaks of
	 */
	report(fractionLost: number, packets: number, nowMs: number): void {
		this.#link.report(fractionLost, packets, nowMs);
	}

	/** The viewer's estimate of what its link takes of everything that it is sent. */
	remb(bitrateBps: number, nowMs: number): void {
		this.#link.remb(bitrateBps, nowMs);
	}

	/**
	 * To be called several times a second.
	 * @param roundTripMs to the viewer, if known
	 * @returns whether level or spacing have changed
	 */
	tick(source: SourceRates, roundTripMs: number | undefined, nowMs: number): boolean {
		const { level, keyframeSpacingMs } = this;
		const link = this.#link;
		link.setSent(this.#rateOf(level, source, nowMs), nowMs);
		if (roundTripMs !== undefined) link.roundTrip(roundTripMs, nowMs);
		if (nowMs - this.#changedMs < SETTLE_MS + (roundTripMs ?? DEFAULT_ROUND_TRIP_MS)) link.forgetTrouble();
		else if (link.congested(nowMs) || (this.#isTry(nowMs) && link.overrun(nowMs))) this.#stepDown(source, nowMs);
		else if (!link.clean(nowMs)) this.#troubleMs = nowMs;
		else this.#stepUp(source, nowMs);
		this.#spaceKeyframes(source, nowMs);
		return level !== this.level || keyframeSpacingMs !== this.keyframeSpacingMs;
	}

	#stepDown(source: SourceRates, nowMs: number): void {
		this.#troubleMs = nowMs;
		if (this.level === 'sound-only') {
			this.#link.forgetTrouble();
			return;
		}
		const levels = levelsOf(source.layerCount(nowMs));
		const budgetBps = this.#link.budgetBps(nowMs);
		const mayLoseAll = this.#link.estimateBps(nowMs) !== undefined || this.#link.hopeless(nowMs);
		const triedFrom = this.#failedTry(levels, (level) => this.#rateOf(level, source, nowMs) > TOO_MUCH * budgetBps, nowMs);
		this.#link.relieve(nowMs);
		this.#changedMs = nowMs;
		if (triedFrom !== undefined) {
			this.level = triedFrom;
			return;
		}
		if (this.level === 'key-frames') {
			this.#leastSpacingMs = 2 * Math.max(this.keyframeSpacingMs, source.keyframeIntervalMs);
			if (this.#leastSpacingMs > LONGEST_SPACING_MS && mayLoseAll) this.level = 'sound-only';
			return;
		}
		const lower = levels.slice(this.#placeIn(levels) + 1);
		const fitting = lower.find((level) => level === 'key-frames' || this.#rateOf(level, source, nowMs) <= budgetBps);
		this.level = fitting === undefined || (mayLoseAll && !takesKeyframes(source, budgetBps)) ? 'sound-only' : fitting;
	}

	/**
	 * The level that was fine before a try that has just failed. After that, and after hopeless loss, the wait for the next try is longer, and
	 * that for every other level that would have failed as well.
	 */
	#failedTry(levels: readonly ViewerLevel[], isTooMuch: (level: ViewerLevel) => boolean, nowMs: number): ViewerLevel | undefined {
		const triedFrom = this.#triedFrom;
		this.#triedFrom = undefined;
		if (nowMs - this.#changedMs >= TRY_MS) this.#waits.delete(this.level);
		const isFailed = triedFrom !== undefined && nowMs - this.#changedMs < TRY_MS;
		if (!isFailed && !this.#link.hopeless(nowMs)) return undefined;
		for (const level of levels.slice(0, isFailed ? levels.indexOf(triedFrom) : levels.length)) {
			if (level === this.level || isTooMuch(level)) this.#waits.set(level, Math.min(2 * this.#waitFor(level), LAST_WAIT_MS));
		}
		return isFailed ? triedFrom : undefined;
	}

	#isTry(nowMs: number): boolean {
		return this.#triedFrom !== undefined && nowMs - this.#changedMs < TRY_MS;
	}

	#stepUp(source: SourceRates, nowMs: number): void {
		// A try that has held speaks of a link that is better than the one on which others failed.
		if (this.#triedFrom !== undefined && !this.#isTry(nowMs)) this.#waits.clear();
		const levels = levelsOf(source.layerCount(nowMs));
		const calmMs = nowMs - Math.max(this.#changedMs, this.#troubleMs);
		const estimate = this.#link.estimateBps(nowMs);
		const higherAfter = (ms: number): readonly ViewerLevel[] => levels.slice(this.#highestToTry(levels, ms), this.#placeIn(levels));
		const roomFor = (level: ViewerLevel): boolean => estimate !== undefined && estimate >= HEADROOM * this.#rateOf(level, source, nowMs);
		const unhindered = estimate === undefined || estimate >= UNHINDERED * this.#rateOf(this.level, source, nowMs);
		const next =
			higherAfter(calmMs).find(roomFor) ??
			(unhindered ? higherAfter(estimate === undefined ? calmMs : calmMs / BLIND_PATIENCE).at(-1) : undefined);
		if (next === undefined) return;
		this.#triedFrom = this.level;
		this.#changedMs = nowMs;
		this.#leastSpacingMs = this.level === 'sound-only' ? FIRST_SPACING_MS : 0;
		this.level = next;
	}

	/** The place of the best level that may be tried. A level waits at least as long as those below it: who fails at less fails at more. */
	#highestToTry(levels: readonly ViewerLevel[], calmMs: number): number {
		let place = this.#placeIn(levels);
		for (let level = levels[place - 1]; level !== undefined && calmMs >= this.#waitFor(level); level = levels[place - 1]) place--;
		return place;
	}

	#waitFor(level: ViewerLevel): number {
		return this.#waits.get(level) ?? FIRST_WAIT_MS;
	}

	/** The place of the level among those of the source, which may have lost layers since it was chosen: then nothing is left out any more. */
	#placeIn(levels: readonly ViewerLevel[]): number {
		return Math.max(0, levels.indexOf(this.level));
	}

	#spaceKeyframes(source: SourceRates, nowMs: number): void {
		this.keyframePaceBps = Number.POSITIVE_INFINITY;
		if (this.level !== 'key-frames') return;
		const keyframeBits = 8 * source.keyframeBytes;
		const passingBps = this.#link.passingBps(nowMs);
		const shareBps = passingBps === undefined ? undefined : KEYFRAME_SHARE * passingBps;
		const neededMs = shareBps === undefined ? 0 : (1000 * keyframeBits) / Math.max(1, shareBps);
		const spacingMs = Math.min(LONGEST_SPACING_MS, Math.max(this.#leastSpacingMs, neededMs));
		this.keyframeSpacingMs = SPACING_STEP_MS * Math.ceil(spacingMs / SPACING_STEP_MS);
		// Slower than this a keyframe would not be whole before the next may come.
		const leastBps = (1000 * keyframeBits) / Math.max(this.keyframeSpacingMs, source.keyframeIntervalMs, 1);
		this.keyframePaceBps = Math.max(leastBps, shareBps ?? 0);
	}

	/** Bits per second of the picture at a level. */
	#rateOf(level: ViewerLevel, source: SourceRates, nowMs: number): number {
		if (level === 'sound-only') return 0;
		if (level === 'key-frames') return (8000 * source.keyframeBytes) / Math.max(source.keyframeIntervalMs, this.keyframeSpacingMs, 1);
		const ceiling = ceilingOf(level, source.layerCount(nowMs));
		return ceiling === NO_LAYERS ? 0 : source.layersBps(ceiling, nowMs);
	}
}

/**
 * Whether a keyframe gets through a link of this rate before it is too old. A receiver makes its estimate of pictures alone (libwebrtc's
 * ReceiveSideCongestionController), so that one below the rate of the sound does not say that nothing but sound passes.
 */
function takesKeyframes({ keyframeBytes }: SourceRates, bitrateBps: number): boolean {
	return 8 * keyframeBytes <= (KEYFRAME_SHARE * bitrateBps * LONGEST_SPACING_MS) / 1000;
}
