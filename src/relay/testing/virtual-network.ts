import { seededRandom } from '../../../test/support/seeded-random.ts';
import { type LinkQuality, VirtualLink } from './virtual-link.ts';

/** Time that is moved by hand, and links in it. The same seed plays the same way every time. */
export class VirtualNetwork {
	nowMs = 0;
	readonly #seed: number;
	#links = 0;
	/** What is to happen, latest first. */
	readonly #events: { readonly atMs: number; readonly action: () => void }[] = [];

	constructor(seed = 1) {
		this.#seed = seed;
	}

	/** A one-way link to `deliver`. */
	link<T>(quality: LinkQuality, deliver: (item: T) => void): VirtualLink<T> {
		this.#links++;
		return new VirtualLink(this, quality, seededRandom(this.#seed * 1000 + this.#links), deliver);
	}

	/** What happens at the same time happens in the order in which it was planned. */
	at(atMs: number, action: () => void): void {
		let low = 0;
		let high = this.#events.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#events[middle]?.atMs ?? 0) > atMs) low = middle + 1;
			else high = middle;
		}
		// Among those of the same time the new one comes last, which is before them in the list.
		this.#events.splice(low, 0, { atMs, action });
	}

	/** From now on, until `action` answers false. */
	every(intervalMs: number, action: () => boolean | undefined): void {
		this.at(this.nowMs + intervalMs, () => {
			if (action() !== false) this.every(intervalMs, action);
		});
	}

	/** Lets everything happen that is planned for the next `ms`. */
	run(ms: number): void {
		const untilMs = this.nowMs + ms;
		for (let next = this.#events.at(-1); next !== undefined && next.atMs <= untilMs; next = this.#events.at(-1)) {
			this.#events.pop();
			this.nowMs = Math.max(this.nowMs, next.atMs);
			next.action();
		}
		this.nowMs = untilMs;
	}
}
