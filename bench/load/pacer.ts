/** Timers are not finer than this. */
const LOOK_EVERY_MS = 1;

/** Something that sends one packet when told. */
export interface Paced {
	sendNext(packetsPerSecond: number): void;
}

/** Sends for all broadcasters at one pace, each in its own place within the interval, so that they do not all send at once. */
export class Pacer {
	readonly #senders: readonly Paced[];
	#timer: NodeJS.Timeout | undefined;
	#finish: (() => void) | undefined;

	constructor(senders: readonly Paced[]) {
		this.#senders = senders;
	}

	/** Sends until `stop`, or until each has sent `packets`; resolves then. What a busy moment delayed is sent at once. */
	run(packetsPerSecond: number, packets = Number.POSITIVE_INFINITY): Promise<void> {
		this.stop();
		const startMs = performance.now();
		const sent = this.#senders.map(() => 0);
		return new Promise((resolve) => {
			this.#finish = resolve;
			const look = () => {
				const due = ((performance.now() - startMs) / 1000) * packetsPerSecond;
				for (const [index, sender] of this.#senders.entries()) {
					const wanted = Math.min(packets, Math.floor(due + index / this.#senders.length));
					for (let done = sent[index] ?? 0; done < wanted; done += 1) sender.sendNext(packetsPerSecond);
					sent[index] = Math.max(sent[index] ?? 0, wanted);
				}
				if (sent.every((count) => count >= packets)) this.stop();
				else this.#timer = setTimeout(look, LOOK_EVERY_MS);
			};
			look();
		});
	}

	/** Twice is harmless. */
	stop(): void {
		clearTimeout(this.#timer);
		this.#finish?.();
		this.#finish = undefined;
	}
}
