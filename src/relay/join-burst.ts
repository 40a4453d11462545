import { difference32 } from '../rtp/sequence.ts';
import type { PacketCache } from './packet-cache.ts';
import type { Sink } from './sink.ts';
import { readTimestamp, TimestampSqueeze } from './timestamp-squeeze.ts';

/** What {@link JoinBurst.next} answers when nothing is to be sent now. */
export const NOTHING_NOW = -1;

/** Eight times the source's rate: a group of three seconds is there within half a second, and the source is caught up with. */
const PACE_FACTOR = 8;
/** A quiet source's keyframe is not stretched either: at this rate one of 30 KB takes 50 ms. */
const LEAST_PACE_BPS = 5_000_000;
/** More than mobile downlinks carry only fills their queues. A source that is faster than half of it is sent at twice its rate. */
const MOST_PACE_BPS = 20_000_000;
const LEAST_PACE_FACTOR = 2;
/** What goes out at once: a tick's worth. */
const HEAD_START_MS = 25;
/** After a late tick at most this much is made up for, so that no burst outgrows the queues on its way. */
const MOST_MADE_UP_MS = 50;

/** The group's timestamps are squeezed to this span: about what a jitter buffer starts with, so it delays nobody. */
const SQUEEZED_TICKS = 9000;
/** With less room than this after what the viewer was sent last, frames would coincide. 300 frames are three ticks apart. */
const LEAST_SQUEEZED_TICKS = 900;

/**
 * Gives one viewer who joins, or comes back to the picture, the packets since the last keyframe from the source's cache, faster than
 * they came, and hands over to the live packets without gap or repeat. While it runs the viewer gets everything by its cursor.
 */
export class JoinBurst {
	/** For this viewer's packets, sent now or again (see TimestampSqueeze). */
	readonly squeeze = new TimestampSqueeze();
	/** The packet that the last burst began with. */
	first = -1;
	/** When `next` has something to send; Infinity when none runs. */
	nextMs = Number.POSITIVE_INFINITY;

	readonly #cache: PacketCache;
	readonly #sink: Sink;
	#running = false;
	#cursor = 0;
	#bytesPerMs = 0;
	/** What may be sent now, bytes; negative after a packet that was begun with less. */
	#budget = 0;
	#lastMs = 0;

	constructor(cache: PacketCache, sink: Sink) {
		this.#cache = cache;
		this.#sink = sink;
	}

	get running(): boolean {
		return this.#running;
	}

	/**
	 * Starts from the last keyframe; from here on the sink gives new numbers.
	 *
	 * @returns false, with nothing changed, when there is no complete group to give, or when the viewer has just been sent packets
	 * behind which the group cannot be put: then it takes a new keyframe.
	 */
	start(nowMs: number): boolean {
		const cache = this.#cache;
		const first = cache.groupStart(nowMs);
		const oldest = this.#timestampOf(first);
		const join = this.#timestampOf(cache.highest);
		if (oldest === undefined || join === undefined) return false;
		const sent = this.#timestampOf(this.#sink.newest);
		// What is not kept any more was sent long ago.
		const room = sent === undefined ? SQUEEZED_TICKS : difference32(this.squeeze.apply(this.#sink.newest, sent), join) - 1;
		const span = difference32(oldest, join);
		const target = Math.min(SQUEEZED_TICKS, room);
		if (span > room && target < LEAST_SQUEEZED_TICKS) return false;

		this.#sink.startOver(first);
		this.squeeze.begin(first, cache.highest + 1, join, span > target ? Math.ceil(span / target) : 1);
		this.#setPace(nowMs);
		this.#budget = HEAD_START_MS * this.#bytesPerMs;
		this.#cursor = first;
		this.first = first;
		this.#lastMs = nowMs;
		this.#running = true;
		this.nextMs = nowMs;
		return true;
	}

	stop(): void {
		this.#running = false;
		this.nextMs = Number.POSITIVE_INFINITY;
	}

	/** Is a packet that has just come from the source, live or late, left to the cursor? */
	covers(extendedSequence: number): boolean {
		return this.#running && extendedSequence >= this.#cursor;
	}

	/** The packet of the source to be sent now; to be called until {@link NOTHING_NOW}. The cache holds it. */
	next(nowMs: number): number {
		if (!this.#running) return NOTHING_NOW;
		if (nowMs > this.#lastMs) {
			const earned = Math.min(nowMs - this.#lastMs, MOST_MADE_UP_MS) * this.#bytesPerMs;
			this.#budget = Math.min(this.#budget + earned, MOST_MADE_UP_MS * this.#bytesPerMs);
			this.#lastMs = nowMs;
			this.#setPace(nowMs);
		}
		// What is missing in the cache is sent when it comes late.
		while (this.#cursor <= this.#cache.highest) {
			const length = this.#cache.lengthOf(this.#cursor);
			if (length > 0 && this.#budget <= 0) {
				this.nextMs = nowMs + 1 - this.#budget / this.#bytesPerMs;
				return NOTHING_NOW;
			}
			this.#cursor++;
			if (length === 0) continue;
			this.#budget -= length;
			return this.#cursor - 1;
		}
		this.stop();
		return NOTHING_NOW;
	}

	#setPace(nowMs: number): void {
		const rateBps = this.#cache.rateBps(nowMs);
		const paceBps = Math.min(Math.max(PACE_FACTOR * rateBps, LEAST_PACE_BPS), MOST_PACE_BPS);
		this.#bytesPerMs = Math.max(paceBps, LEAST_PACE_FACTOR * rateBps) / 8000;
	}

	#timestampOf(extendedSequence: number): number | undefined {
		const packet = this.#cache.get(extendedSequence);
		return packet === undefined ? undefined : readTimestamp(packet.bytes);
	}
}
