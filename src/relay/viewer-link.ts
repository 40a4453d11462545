/**
 * Loss by the thresholds of libwebrtc's loss-based control: up to 2 % it is chance and the rate may rise, beyond 10 % it must fall, and
 * between them it stays.
 */
const FREE_LOSS = 0.02;
const HEAVY_LOSS = 0.1;
/** More than repair can make up for, whatever the estimate says: one that goes by delay does not see a link without a queue. */
const HOPELESS_LOSS = 0.3;
/** One report may have met a burst; two in a row (two seconds of Chromium's) are a state of the link. */
const SUSTAINED = 2;
/**
 * A receiver that sees its queue grow for a moment sets its estimate to 0.85 of what arrives (AimdRateControl's beta). Less than this share
 * of what is sent has not come from one such moment.
 */
const TOO_LOW = 0.8;
/**
 * An estimate also lies below the rate because the rate has just risen, on a link that takes it. Only one that fell (or loss) speaks of the
 * link: by more than its own small corrections, since its peak of the last ten seconds.
 */
const FELL = 0.95;
const PEAK_MS = 10_000;
/** Chromium repeats REMB and reports every second. */
const FRESH_MS = 5000;

/** What one viewer's reports say of the link to it. */
export class ViewerLink {
	#sentBps = 0;
	#loss = 0;
	#lossMs = Number.NEGATIVE_INFINITY;
	#lossyReports = 0;
	#rembBps = 0;
	#rembMs = Number.NEGATIVE_INFINITY;
	#lowRembs = 0;
	#peakBps = 0;
	#peakMs = Number.NEGATIVE_INFINITY;

	/** What the viewer is sent, picture and sound; the measure of what it reports. */
	setSent(bitrateBps: number): void {
		this.#sentBps = bitrateBps;
	}

	/** @param fractionLost 0 to 1 */
	report(fractionLost: number, nowMs: number): void {
		this.#loss = fractionLost;
		this.#lossMs = nowMs;
		this.#lossyReports = fractionLost > HEAVY_LOSS ? this.#lossyReports + 1 : 0;
	}

	remb(bitrateBps: number, nowMs: number): void {
		if (this.#rembMs === Number.NEGATIVE_INFINITY) {
			// Before its first estimate a receiver has seen what was sent to it.
			this.#peakBps = this.#sentBps;
			this.#peakMs = nowMs;
		}
		if (bitrateBps >= this.#peakBps || nowMs - this.#peakMs > PEAK_MS) {
			this.#peakBps = bitrateBps;
			this.#peakMs = nowMs;
		}
		this.#rembBps = bitrateBps;
		this.#rembMs = nowMs;
		this.#lowRembs = bitrateBps < TOO_LOW * this.#sentBps ? this.#lowRembs + 1 : 0;
	}

	/** What was reported so far speaks of another rate than that of now. */
	forgetTrouble(): void {
		this.#lossyReports = 0;
		this.#lowRembs = 0;
	}

	/** The viewer's estimate, while it is recent. */
	estimateBps(nowMs: number): number | undefined {
		return nowMs - this.#rembMs <= FRESH_MS ? this.#rembBps : undefined;
	}

	/** What the link takes: by the estimate, and by what arrives where much is lost. */
	budgetBps(nowMs: number): number {
		const arrivingBps = this.#arrivingBps(nowMs);
		const estimate = this.estimateBps(nowMs) ?? arrivingBps;
		return this.#lossAt(nowMs) > HEAVY_LOSS ? Math.min(estimate, arrivingBps) : estimate;
	}

	/** So much is lost that what is sent is hardly of use. */
	hopeless(nowMs: number): boolean {
		return this.#lossAt(nowMs) > HOPELESS_LOSS && this.#lossyReports >= SUSTAINED;
	}

	/**
	 * The viewer is sent more than its link takes. Loss alone does not say so when the viewer's own estimate is not below what arrives:
	 * then a radio link loses packets at any rate, repair makes up for it, and sending less would only show less.
	 */
	congested(nowMs: number): boolean {
		const estimate = this.estimateBps(nowMs);
		const loss = this.#lossAt(nowMs);
		const lossy = loss > HEAVY_LOSS && this.#lossyReports >= SUSTAINED;
		if (estimate === undefined || this.hopeless(nowMs)) return lossy;
		const fell = estimate < FELL * this.#peakBps;
		if (this.#lowRembs >= SUSTAINED && (fell || loss > HEAVY_LOSS)) return true;
		return lossy && estimate < this.#arrivingBps(nowMs);
	}

	/** Nothing speaks against sending more, and something has been heard. */
	clean(nowMs: number): boolean {
		const estimate = this.estimateBps(nowMs);
		if (estimate === undefined) return nowMs - this.#lossMs <= FRESH_MS && this.#loss <= FREE_LOSS;
		return estimate >= TOO_LOW * this.#sentBps && this.#lossAt(nowMs) <= HEAVY_LOSS;
	}

	#lossAt(nowMs: number): number {
		return nowMs - this.#lossMs <= FRESH_MS ? this.#loss : 0;
	}

	#arrivingBps(nowMs: number): number {
		return this.#sentBps * (1 - this.#lossAt(nowMs));
	}
}
