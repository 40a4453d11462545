import { createHistogram } from 'node:perf_hooks';
import { ageNs } from './stamped-stream.ts';

export interface LatencySummary {
	readonly p50Ms: number;
	readonly p99Ms: number;
	readonly maxMs: number;
	readonly samples: number;
}

/** How old packets are when they arrive: from the sender's call to the viewer's, both in this process and by its one clock. */
export class Latencies {
	readonly #histogram = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });

	/** @param packet unprotected */
	note(packet: Uint8Array, length: number): void {
		const ns = ageNs(packet, length);
		if (ns !== undefined) this.#histogram.record(Math.max(1, Math.round(ns / 1000)));
	}

	begin(): void {
		this.#histogram.reset();
	}

	summary(): LatencySummary {
		const { count } = this.#histogram;
		const ms = (percent: number) => (count === 0 ? 0 : this.#histogram.percentile(percent) / 1000);
		return { p50Ms: ms(50), p99Ms: ms(99), maxMs: ms(100), samples: count };
	}
}
