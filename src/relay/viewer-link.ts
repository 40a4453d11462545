/**
 * Loss by the thresholds of libwebrtc's loss-based control: up to 2 % it is chance and the rate may rise, beyond 10 % it must fall, and
 * between them it stays.
 */
const FREE_LOSS = 0.02;
const HEAVY_LOSS = 0.1;
/** More than repair can make up for, whatever the estimate says: one that goes by delay does not see a link without a queue. */
const HOPELESS_LOSS = 0.3;
/**
 * Loss is averaged over about this long. Chromium reports several times a second, and a report that speaks of five packets says nothing
 * alone: one burst of a radio link makes it 80 %.
 */
const AVERAGED_MS = 2000;
/** And it says nothing before this many packets are in it. */
const LEAST_PACKETS = 20;
/** What lasts this long is a state of the link, no burst. */
const SUSTAINED_LOSS_MS = 2000;
/** Without an estimate loss must last longer: Chromium makes its first only some seconds after joining, and it may excuse the loss. */
const SUSTAINED_BLIND_MS = 8000;
/** An estimate comes with every report and every NACK. One moment may set it low; what lasts is two of a second each. */
const SUSTAINED_LOW_MS = 800;
/**
 * A receiver that sees its queue grow for a moment sets its estimate to 0.85 of what arrives (AimdRateControl's beta). Less than this share
 * of what is sent has not come from one such moment.
 */
const TOO_LOW = 0.8;
/**
 * An estimate also lies below the rate because the rate has just risen, on a link that takes it. Only one that fell (or loss, or a queue) speaks
 * of the link: by more than its own small corrections, since its peak of the last ten seconds.
 */
const FELL = 0.95;
const PEAK_MS = 10_000;
/** A round trip that is longer than the shortest by so much, for so long, tells of a queue that does not drain. */
const QUEUE_MS = 300;
const SUSTAINED_QUEUE_MS = 2000;
/** Chromium repeats REMB and reports every second. */
const FRESH_MS = 5000;

/**
 * What one viewer's reports say of the link to it.
 *
 * Its estimate is one of pictures. libwebrtc makes it of their packets alone (ReceiveSideCongestionController), so that sound is no part of it, and
 * thinks it over only when such packets come: without any it repeats the last one for ever, whatever has become of the link.
 */
export class ViewerLink {
	/** Of the picture. */
	#sentBps = 0;
	#pictureMs = Number.NEGATIVE_INFINITY;
	/** Of the packets that the averaged reports speak of, so many were lost. */
	#lost = 0;
	#packets = 0;
	#lossMs = Number.NEGATIVE_INFINITY;
	#lossySinceMs = Number.POSITIVE_INFINITY;
	#hopelessSinceMs = Number.POSITIVE_INFINITY;
	/** By the last report that speaks of enough packets. */
	#lastLoss = 0;
	/** When the viewer was last relieved. */
	#lossBefore = 0;
	#arrivedBefore = Number.POSITIVE_INFINITY;
	#rembBps = 0;
	#rembMs = Number.NEGATIVE_INFINITY;
	#lowSinceMs = Number.POSITIVE_INFINITY;
	#peakBps = 0;
	#peakMs = Number.NEGATIVE_INFINITY;
	#leastRoundTripMs = Number.POSITIVE_INFINITY;
	#queuesSinceMs = Number.POSITIVE_INFINITY;

	/** The rate of the picture that the viewer is sent; the measure of its estimate. */
	setSent(bitrateBps: number, nowMs: number): void {
		this.#sentBps = bitrateBps;
		if (bitrateBps > 0) this.#pictureMs = nowMs;
	}

	/** As the viewer's last report told it. */
	roundTrip(roundTripMs: number, nowMs: number): void {
		this.#leastRoundTripMs = Math.min(this.#leastRoundTripMs, roundTripMs);
		const queues = roundTripMs > this.#leastRoundTripMs + QUEUE_MS;
		this.#queuesSinceMs = queues ? Math.min(this.#queuesSinceMs, nowMs) : Number.POSITIVE_INFINITY;
	}

	/**
	 * @param fractionLost 0 to 1
	 * @param packets how many the report speaks of
	 */
	report(fractionLost: number, packets: number, nowMs: number): void {
		const kept = Math.exp((this.#lossMs - nowMs) / AVERAGED_MS);
		this.#lost = kept * this.#lost + fractionLost * packets;
		this.#packets = kept * this.#packets + packets;
		this.#lossMs = nowMs;
		if (packets >= LEAST_PACKETS) this.#lastLoss = fractionLost;
		const loss = this.#lossAt(nowMs);
		this.#lossySinceMs = loss > HEAVY_LOSS ? Math.min(this.#lossySinceMs, nowMs) : Number.POSITIVE_INFINITY;
		this.#hopelessSinceMs = loss > HOPELESS_LOSS ? Math.min(this.#hopelessSinceMs, nowMs) : Number.POSITIVE_INFINITY;
	}

	remb(bitrateBps: number, nowMs: number): void {
		if (bitrateBps >= this.#peakBps || nowMs - this.#peakMs > PEAK_MS) {
			this.#peakBps = bitrateBps;
			this.#peakMs = nowMs;
		}
		this.#rembBps = bitrateBps;
		this.#rembMs = nowMs;
		this.#lowSinceMs = bitrateBps < TOO_LOW * this.#sentBps ? Math.min(this.#lowSinceMs, nowMs) : Number.POSITIVE_INFINITY;
	}

	/** The viewer is sent less from now on. */
	relieve(nowMs: number): void {
		this.#lossBefore = this.#lossAt(nowMs);
		this.#arrivedBefore = this.#lossBefore > HEAVY_LOSS ? this.#arrivingBps(nowMs) : Number.POSITIVE_INFINITY;
		this.forgetTrouble();
	}

	/** What was reported so far speaks of another rate than that of now. */
	forgetTrouble(): void {
		this.#lost = 0;
		this.#packets = 0;
		this.#lossySinceMs = Number.POSITIVE_INFINITY;
		this.#hopelessSinceMs = Number.POSITIVE_INFINITY;
		this.#lowSinceMs = Number.POSITIVE_INFINITY;
		this.#queuesSinceMs = Number.POSITIVE_INFINITY;
	}

	/** The viewer's estimate, while it is recent and made of what the viewer is sent. */
	estimateBps(nowMs: number): number | undefined {
		return nowMs - Math.min(this.#rembMs, this.#pictureMs) <= FRESH_MS ? this.#rembBps : undefined;
	}

	/** What has been seen to pass: by the estimate, and by what arrived when too much was sent. Undefined without an estimate. */
	passingBps(nowMs: number): number | undefined {
		const estimate = this.estimateBps(nowMs);
		return estimate === undefined ? undefined : Math.min(estimate, this.#arrivedBefore);
	}

	/** What the link takes: by the estimate, and by what arrives where much is lost. */
	budgetBps(nowMs: number): number {
		const arrivingBps = this.#arrivingBps(nowMs);
		const estimate = this.estimateBps(nowMs) ?? arrivingBps;
		return this.#lossAt(nowMs) > HEAVY_LOSS ? Math.min(estimate, arrivingBps) : estimate;
	}

	/** So much is lost that what is sent is hardly of use. */
	hopeless(nowMs: number): boolean {
		return this.#lossAt(nowMs) > HOPELESS_LOSS && this.#lossMs - this.#hopelessSinceMs >= SUSTAINED_LOSS_MS;
	}

	/**
	 * The viewer is sent more than its link takes. Loss alone does not say so when the viewer's own estimate is not below what arrives:
	 * then a radio link loses packets at any rate, repair makes up for it, and sending less would only show less.
	 */
	congested(nowMs: number): boolean {
		const estimate = this.estimateBps(nowMs);
		const loss = this.#lossAt(nowMs);
		const lossyMs = loss > HEAVY_LOSS ? this.#lossMs - this.#lossySinceMs : 0;
		if (this.hopeless(nowMs)) return true;
		if (estimate === undefined) return lossyMs >= SUSTAINED_BLIND_MS;
		const fell = estimate < FELL * this.#peakBps;
		const queues = nowMs - this.#queuesSinceMs >= SUSTAINED_QUEUE_MS;
		if (this.#rembMs - this.#lowSinceMs >= SUSTAINED_LOW_MS && (fell || queues || loss > HEAVY_LOSS)) return true;
		return lossyMs >= SUSTAINED_LOSS_MS && estimate < this.#arrivingBps(nowMs);
	}

	/** The same of a try of more, by the first signs: each second of one that fails costs sound. */
	overrun(nowMs: number): boolean {
		const loss = this.#lossAt(nowMs);
		const estimate = this.estimateBps(nowMs);
		return estimate === undefined ? loss > HOPELESS_LOSS : loss > HEAVY_LOSS && estimate < TOO_LOW * this.#sentBps;
	}

	/**
	 * Nothing speaks against sending more, and something has been heard. Loss does not where it was moderate before the viewer was relieved
	 * and has stayed so, as on a radio link.
	 */
	clean(nowMs: number): boolean {
		const estimate = this.estimateBps(nowMs);
		const loss = this.#lossAt(nowMs);
		if (estimate === undefined) return nowMs - this.#lossMs <= FRESH_MS && this.#packets >= LEAST_PACKETS && loss <= FREE_LOSS;
		if (estimate < TOO_LOW * this.#sentBps) return false;
		if (loss <= HEAVY_LOSS && this.#lastLoss <= HEAVY_LOSS) return true;
		const wasChance = this.#lossBefore > HEAVY_LOSS && this.#lossBefore <= HOPELESS_LOSS;
		return wasChance && loss <= HOPELESS_LOSS && estimate >= this.#arrivingBps(nowMs);
	}

	#lossAt(nowMs: number): number {
		return nowMs - this.#lossMs <= FRESH_MS && this.#packets >= LEAST_PACKETS ? this.#lost / this.#packets : 0;
	}

	#arrivingBps(nowMs: number): number {
		return this.#sentBps * (1 - this.#lossAt(nowMs));
	}
}
