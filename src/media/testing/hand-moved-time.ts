import { vi } from 'vitest';
import { TICK_MS } from '../media-limits.ts';

/** The engine's time in a test: it stands still but for `advance`. Sockets are not concerned. */
export class HandMovedTime {
	#nowMs = 1000;

	/** To be made before the engine; `release` gives the real time back. */
	constructor() {
		vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
		vi.spyOn(performance, 'now').mockImplementation(() => this.#nowMs);
	}

	get nowMs(): number {
		return this.#nowMs;
	}

	/** Tick by tick, as the engine would see the time pass. */
	advance(ms: number): void {
		for (let left = ms; left > 0; left -= TICK_MS) {
			const step = Math.min(left, TICK_MS);
			this.#nowMs += step;
			vi.advanceTimersByTime(step);
		}
	}

	release(): void {
		vi.useRealTimers();
		vi.restoreAllMocks();
	}
}
