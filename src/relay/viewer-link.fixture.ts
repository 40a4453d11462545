import { ViewerAdaptation } from './viewer-adaptation.ts';
import type { ViewerLevel } from './viewer-level.ts';

const STEP_MS = 50;
const REPORT_MS = 1000;
/** A delay-based receiver notices its queue at about this length. */
const OVERUSE_MS = 60;
const ROUND_TRIP_MS = 100;
/** Of picture and sound together, on average. */
const PACKET_BITS = 2000;

/** Bits per second of each temporal layer alone, and of keyframes. */
export interface ModelSource {
	readonly layersBps: readonly number[];
	readonly keyframeBytes: number;
	readonly keyframeIntervalMs: number;
	readonly soundBps: number;
}

/** A phone's picture at 30 frames a second in three layers, and its sound as RED. */
export const phone: ModelSource = {
	layersBps: [500_000, 200_000, 300_000],
	keyframeBytes: 40_000,
	keyframeIntervalMs: 3000,
	soundBps: 70_000,
};

export interface ModelLink {
	capacityBps: number;
	/** Milliseconds of traffic that the queue before the link holds. */
	queueMs: number;
	/** Lost by chance, beside what the queue drops. */
	loss: number;
}

/**
 * One viewer behind a link of limited capacity, by the second hand: what is sent follows the level, what does not fit waits and then is
 * dropped, and the viewer answers as Chromium does: reports every second, and an estimate that falls to 0.85 of what arrives while the
 * queue grows, else rises by 8 % a second up to 1.5 times what arrives. What arrives is the picture alone: libwebrtc leaves sound out of its
 * estimate (ReceiveSideCongestionController), thinks it over only when packets of a picture come, and repeats it with every report.
 */
export class ModelViewer {
	readonly adaptation = new ViewerAdaptation();
	readonly link: ModelLink = { capacityBps: 10_000_000, queueMs: 300, loss: 0 };
	source: ModelSource;
	nowMs = 0;
	/** When the level changed, and to what. */
	readonly changes: { readonly atMs: number; readonly level: ViewerLevel }[] = [];
	/** Keyframes sent at the level of key frames. */
	keyframes = 0;
	readonly #sendsRemb: boolean;
	#queueBits = 0;
	/** As the last report tells it. */
	#roundTripMs = ROUND_TRIP_MS;
	/** Of them, the picture's. */
	#queuedPictureBits = 0;
	/** Of the picture, in the steps of the last second. */
	#received: number[] = [];
	#estimateBps = 0;
	#nextReportMs = REPORT_MS;
	#nextRembMs = 0;
	#sentBits = 0;
	#lostBits = 0;
	#keyframeMs = Number.NEGATIVE_INFINITY;
	#unsentBits = 0;

	constructor(source: ModelSource = phone, sendsRemb = true) {
		this.source = source;
		this.#sendsRemb = sendsRemb;
	}

	get level(): ViewerLevel {
		return this.adaptation.level;
	}

	changesSince(atMs: number): number {
		return this.changes.filter((change) => change.atMs >= atMs).length;
	}

	run(ms: number): this {
		for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) this.#step();
		return this;
	}

	/** Goes on until the level has stayed for three seconds, so that no try is under way. */
	rest(): this {
		while (this.changesSince(this.nowMs - 3000) > 0) this.#step();
		return this;
	}

	#step(): void {
		this.nowMs += STEP_MS;
		const { link, source, adaptation, nowMs } = this;
		const pictureBits = this.#pictureBits();
		const sentBits = pictureBits + (source.soundBps * STEP_MS) / 1000;
		const room = (link.capacityBps * STEP_MS) / 1000;
		const waiting = this.#queueBits + sentBits;
		const delivered = Math.min(waiting, room);
		const kept = Math.min(waiting - delivered, (link.capacityBps * link.queueMs) / 1000);
		this.#lostBits += waiting - delivered - kept + delivered * link.loss;
		this.#sentBits += sentBits;
		const grows = kept > this.#queueBits || kept === (link.capacityBps * link.queueMs) / 1000;
		const pictureShare = (this.#queuedPictureBits + pictureBits) / waiting;
		const receivedBits = delivered * pictureShare * (1 - link.loss);
		this.#queueBits = kept;
		this.#queuedPictureBits = kept * pictureShare;
		this.#received = [...this.#received, receivedBits].slice(-(1000 / STEP_MS));
		if (receivedBits > 1) this.#estimate(grows && (1000 * kept) / link.capacityBps > OVERUSE_MS);
		if (this.#estimateBps > 0 && nowMs >= this.#nextRembMs) this.#remb();

		if (nowMs >= this.#nextReportMs) this.#report();
		const rates = {
			layerCount: () => source.layersBps.length,
			layersBps: (top: number) => source.layersBps.slice(0, top + 1).reduce((sum, bps) => sum + bps, 0),
			keyframeBytes: source.keyframeBytes,
			keyframeIntervalMs: source.keyframeIntervalMs,
		};
		const before = this.level;
		adaptation.tick(rates, this.#roundTripMs, nowMs);
		if (this.level !== before) this.changes.push({ atMs: nowMs, level: this.level });
	}

	#pictureBits(): number {
		const { source, nowMs } = this;
		const perStep = STEP_MS / 1000;
		if (this.level === 'sound-only') return 0;
		if (this.level === 'key-frames') {
			if (nowMs - this.#keyframeMs >= Math.max(source.keyframeIntervalMs, this.adaptation.keyframeSpacingMs)) {
				this.#keyframeMs = nowMs;
				this.keyframes++;
				this.#unsentBits = 8 * source.keyframeBytes;
			}
			const bits = Math.min(this.#unsentBits, this.adaptation.keyframePaceBps * perStep);
			this.#unsentBits -= bits;
			return bits;
		}
		const layers =
			this.level === 'full' ? source.layersBps : this.level === 'base-layer' ? source.layersBps.slice(0, 1) : source.layersBps.slice(0, -1);
		return layers.reduce((sum, bps) => sum + bps, 0) * perStep;
	}

	#estimate(overused: boolean): void {
		const receivedBps = this.#received.reduce((sum, bits) => sum + bits, 0);
		if (this.#estimateBps === 0) {
			if (!overused && this.nowMs < 5000) return;
			this.#estimateBps = receivedBps;
		}
		if (overused) {
			this.#estimateBps = Math.min(this.#estimateBps, 0.85 * receivedBps);
			if (this.nowMs >= this.#nextRembMs - REPORT_MS + 200) this.#remb();
		} else if (this.#estimateBps < 1.5 * receivedBps + 10_000) {
			this.#estimateBps = Math.min(this.#estimateBps * 1.08 ** (STEP_MS / 1000), 1.5 * receivedBps + 10_000);
		}
	}

	#remb(): void {
		this.#nextRembMs = this.nowMs + REPORT_MS;
		if (this.#sendsRemb) this.adaptation.remb(this.#estimateBps, this.nowMs);
	}

	#report(): void {
		this.#nextReportMs = this.nowMs + REPORT_MS;
		this.#roundTripMs = ROUND_TRIP_MS + (1000 * this.#queueBits) / this.link.capacityBps;
		const lost = this.#sentBits === 0 ? 0 : Math.min(1, this.#lostBits / this.#sentBits);
		this.adaptation.report(lost, Math.round(this.#sentBits / PACKET_BITS), this.nowMs);
		this.#sentBits = 0;
		this.#lostBits = 0;
	}
}
