import type { MediaLog } from './media-log.ts';

/** Faults of our own are logged at most this often; the count of the others goes with the next. */
const FAULT_LOG_INTERVAL_MS = 1000;

/** Counts and logs errors that nothing further in has caught. */
export class FaultLog {
	count = 0;
	readonly #log: MediaLog;
	#nextLogMs = Number.NEGATIVE_INFINITY;

	constructor(log: MediaLog) {
		this.#log = log;
	}

	report(error: unknown, nowMs: number): void {
		this.count += 1;
		if (nowMs < this.#nextLogMs) return;
		this.#nextLogMs = nowMs + FAULT_LOG_INTERVAL_MS;
		this.#log.warn({ error, faults: this.count }, 'media engine fault');
	}
}
