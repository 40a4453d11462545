import type { Clock } from '../../../src/runtime/clock.ts';

interface Timer {
	readonly dueMs: number;
	readonly order: number;
	readonly fn: () => void;
}

/** Time that moves only by `advance`, which fires what falls due in its order. */
export class ManualClock implements Clock {
	#nowMs = 1_000_000;
	#order = 0;
	readonly #timers = new Set<Timer>();

	get timers(): number {
		return this.#timers.size;
	}

	nowMs(): number {
		return this.#nowMs;
	}

	wallMs(): number {
		return 1_700_000_000_000 + this.#nowMs;
	}

	setTimer(fn: () => void, ms: number): () => void {
		const timer = { dueMs: this.#nowMs + ms, order: this.#order++, fn };
		this.#timers.add(timer);
		return () => void this.#timers.delete(timer);
	}

	advance(ms: number): void {
		const endMs = this.#nowMs + ms;
		for (;;) {
			let next: Timer | undefined;
			for (const timer of this.#timers) {
				if (timer.dueMs > endMs) continue;
				if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) next = timer;
			}
			if (next === undefined) break;
			this.#timers.delete(next);
			this.#nowMs = Math.max(this.#nowMs, next.dueMs);
			next.fn();
		}
		this.#nowMs = endMs;
	}
}
