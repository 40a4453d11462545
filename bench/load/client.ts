import type { Reception } from './reception.ts';

/** A viewer of the load: what it receives, and how it leaves. */
export interface Viewer {
	readonly reception: Reception;
	/** Resolves with the first packet of the picture; rejects when the connection ends before. */
	readonly playing: Promise<void>;
	leave(): Promise<void>;
}

/** Waiting for the first packet ends here. */
export const PLAYING_WITHIN_MS = 60_000;

/** A promise that a client settles, once, when it plays or fails, and that rejects when neither comes. */
export class Playing {
	readonly promise: Promise<void>;
	readonly start: () => void;
	readonly fail: (why: string) => void;

	constructor(what: string) {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		this.promise = promise;
		const limit = setTimeout(() => this.fail(`nothing came within ${PLAYING_WITHIN_MS / 1000} s`), PLAYING_WITHIN_MS);
		this.start = () => {
			clearTimeout(limit);
			resolve();
		};
		this.fail = (why) => {
			clearTimeout(limit);
			reject(new Error(`${what}: ${why}`));
		};
	}
}
