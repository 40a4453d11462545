import type { RandomSource } from '../../../test/support/seeded-random.ts';

/** Shares are from 0 to 1. */
export interface LinkQuality {
	/** Share of packets lost, each by itself. */
	readonly loss?: number;
	/** Loss in bursts (Gilbert): share lost in all, and how many packets long a bad time is on average. */
	readonly bursts?: { readonly loss: number; readonly length: number };
	readonly delayMs?: number;
	/** Up to so much more, without overtaking. */
	readonly jitterMs?: number;
	/** Share of packets that are overtaken, by taking `reorderMs` longer. */
	readonly reorder?: number;
	readonly reorderMs?: number;
	/** Share of packets that come twice. */
	readonly duplicate?: number;
	/** What the link carries; more waits in a queue of `queueBytes`, and what does not fit is lost. */
	readonly rateBps?: number;
	readonly queueBytes?: number;
}

/** Where the link's time comes from. */
export interface Timeline {
	readonly nowMs: number;
	at(atMs: number, action: () => void): void;
}

export class VirtualLink<T> {
	/** May change at any time. */
	quality: LinkQuality;
	sent = 0;
	lost = 0;
	readonly #network: Timeline;
	readonly #random: RandomSource;
	readonly #deliver: (item: T) => void;
	#bad = false;
	/** When the link has carried what it was given. */
	#idleMs = 0;
	#lastArrivalMs = 0;

	constructor(network: Timeline, quality: LinkQuality, random: RandomSource, deliver: (item: T) => void) {
		this.#network = network;
		this.quality = quality;
		this.#random = random;
		this.#deliver = deliver;
	}

	send(item: T, bytes: number): void {
		this.sent++;
		const leavesMs = this.#leavesMs(bytes);
		if (leavesMs === undefined || this.#isLost()) {
			this.lost++;
			return;
		}
		const { delayMs = 0, jitterMs = 0, reorder = 0, reorderMs = 0, duplicate = 0 } = this.quality;
		for (let copies = this.#random() < duplicate ? 2 : 1; copies > 0; copies--) {
			const arrivalMs = Math.max(this.#lastArrivalMs, leavesMs + delayMs + this.#random() * jitterMs);
			const isOvertaken = this.#random() < reorder;
			if (!isOvertaken) this.#lastArrivalMs = arrivalMs;
			this.#network.at(isOvertaken ? arrivalMs + reorderMs : arrivalMs, () => this.#deliver(item));
		}
	}

	/** When the last bit is on the line; undefined when the queue is full. */
	#leavesMs(bytes: number): number | undefined {
		const { rateBps = Number.POSITIVE_INFINITY, queueBytes = Number.POSITIVE_INFINITY } = this.quality;
		const startMs = Math.max(this.#network.nowMs, this.#idleMs);
		if (rateBps !== Number.POSITIVE_INFINITY && ((startMs - this.#network.nowMs) * rateBps) / 8000 + bytes > queueBytes) return undefined;
		this.#idleMs = startMs + (bytes * 8000) / rateBps;
		return this.#idleMs;
	}

	#isLost(): boolean {
		const { loss = 0, bursts } = this.quality;
		if (bursts !== undefined) {
			// In the long run a share of `loss` of the packets meets the bad state, each stay `length` packets long.
			const leave = 1 / bursts.length;
			const enter = (leave * bursts.loss) / (1 - bursts.loss);
			this.#bad = this.#random() < (this.#bad ? 1 - leave : enter);
			if (this.#bad) return true;
		}
		return this.#random() < loss;
	}
}
