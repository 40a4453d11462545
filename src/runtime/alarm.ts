import type { Clock } from './clock.ts';

/** One thing to be done at a time that keeps changing. */
export class Alarm {
	readonly #clock: Clock;
	readonly #fn: () => void;
	#cancel: (() => void) | undefined;

	constructor(clock: Clock, fn: () => void) {
		this.#clock = clock;
		this.#fn = fn;
	}

	/** Sets it anew; a time that has passed rings at once, though not within this call. Undefined: not at all. */
	set(dueMs: number | undefined): void {
		this.#cancel?.();
		this.#cancel = undefined;
		if (dueMs === undefined) return;
		const ring = (): void => {
			this.#cancel = undefined;
			this.#fn();
		};
		this.#cancel = this.#clock.setTimer(ring, Math.max(0, dueMs - this.#clock.nowMs()));
	}
}
