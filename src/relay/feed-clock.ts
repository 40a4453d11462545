/**
 * The wall clock of one publisher connection, placed on the server's. Its offset is fixed once, by the first sender report of
 * either kind, and used for both: however wrong the offset is, sound and picture are wrong by the same amount and stay in step.
 */
export class FeedClock {
	#offsetMs: number | undefined;

	/** Tells that the publisher's `ntpMs` is the server's `serverMs`. Only the first time counts. */
	fix(ntpMs: number, serverMs: number): void {
		this.#offsetMs ??= serverMs - ntpMs;
	}

	/** The server's time of the publisher's `ntpMs`; undefined before the first `fix`. */
	toServerMs(ntpMs: number): number | undefined {
		return this.#offsetMs === undefined ? undefined : ntpMs + this.#offsetMs;
	}
}
