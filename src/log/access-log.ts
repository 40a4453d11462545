/** Where lines go. */
export interface LineLog {
	info(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** One answered request. Never its URL: queries hold names, paths hold room ids. */
export interface AnsweredRequest {
	readonly method: string;
	/** The pattern of the route (`/room/:uuid`), `unknown` where none matched. */
	readonly route: string;
	readonly status: number;
	readonly ms: number;
	/** Which room it was about (a `roomTag`). */
	readonly room?: string;
}

/** Every phone and every helper polls each 10 s: together one line a second says as much as thousands. */
const SUMMARY_INTERVAL_MS = 1_000;

/**
 * One line per request; polls that were answered 200 are counted into one line a second, and none when there were none. A line
 * costs 2 µs of CPU with its share of writing it out (pino 10, Node 24, 2-core machine), a counted poll 0.1.
 */
export class AccessLog {
	readonly #log: LineLog;
	readonly #polls: ReadonlySet<string>;
	readonly #setTimer: (fn: () => void, ms: number) => () => void;
	#counts = new Map<string, number>();
	#cancelTimer: (() => void) | undefined;

	/** `polls`: methods and routes such as `GET /duress/listen`. */
	constructor(log: LineLog, polls: Iterable<string>, setTimer: (fn: () => void, ms: number) => () => void) {
		this.#log = log;
		this.#polls = new Set(polls);
		this.#setTimer = setTimer;
	}

	record(answered: AnsweredRequest): void {
		if (answered.status === 200) {
			const key = `${answered.method} ${answered.route}`;
			if (this.#polls.has(key)) {
				this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
				this.#cancelTimer ??= this.#setTimer(() => this.flush(), SUMMARY_INTERVAL_MS);
				return;
			}
		}
		this.#log.info({ ...answered, ms: Math.round(answered.ms * 100) / 100 }, 'request');
	}

	/** Writes the summary that waits, if any. */
	flush(): void {
		this.#cancelTimer?.();
		this.#cancelTimer = undefined;
		if (this.#counts.size === 0) return;
		this.#log.info({ counts: Object.fromEntries(this.#counts) }, 'polls');
		this.#counts = new Map();
	}
}
