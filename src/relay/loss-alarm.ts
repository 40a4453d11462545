/** Above this a burst takes two packets of sound in a row now and then, and RED makes up for one. */
const RAISING_LOSS = 0.04;
/** Reports are averaged over about this long, and say nothing before this many packets are in them (see ViewerLink). */
const AVERAGED_MS = 2000;
const LEAST_PACKETS = 20;
/** What raised it makes the loss look smaller, so it lasts: a link that loses goes on losing. */
const RAISED_MS = 10_000;

/** Tells, by the reports of one viewer, that so much is lost on the way to it that its sound needs help. */
export class LossAlarm {
	#lost = 0;
	#packets = 0;
	#reportMs = Number.NEGATIVE_INFINITY;
	#untilMs = Number.NEGATIVE_INFINITY;

	/** A report of the viewer: `lost` of `packets`. */
	report(lost: number, packets: number, nowMs: number): void {
		const kept = Math.exp((this.#reportMs - nowMs) / AVERAGED_MS);
		this.#lost = kept * this.#lost + lost;
		this.#packets = kept * this.#packets + packets;
		this.#reportMs = nowMs;
		if (this.#packets >= LEAST_PACKETS && this.#lost > RAISING_LOSS * this.#packets) this.#untilMs = nowMs + RAISED_MS;
	}

	isRaised(nowMs: number): boolean {
		return nowMs < this.#untilMs;
	}
}
