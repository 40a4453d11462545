import { ByteRate } from './byte-rate.ts';
import type { PacketCache } from './packet-cache.ts';
import { firstIndexFor, type Sink } from './sink.ts';

/** What {@link Retransmitter.answer} says when nothing is to be sent. */
export const NOT_SENT = -1;

/**
 * A packet asked for again is sent again only after this share of the round trip. A viewer that asks once per round trip would else
 * be a hair too early half of the time, by jitter alone, and lose a round trip.
 */
const REPEAT_SHARE = 0.75;
/** While the round trip is not known: libwebrtc's first guess. */
const DEFAULT_ROUND_TRIP_MS = 100;
/** Answers remembered to know a repeat by: half a second of a fast source's packets. 6 KiB, made with the first answer. */
const REMEMBERED = 512;
const CYCLE = 0x10000;

/** Repair may take half of what the viewer was sent in the last second: above a third of loss, more of it makes matters worse. */
const REPAIR_SHARE = 0.5;
/** But always this much a second: a keyframe of a slow source can be repaired whole. */
const LEAST_REPAIR_BYTES = 32_768;
/** To a viewer whose link takes no moving picture: more would take the place of sound. */
const LEAST_THIN_REPAIR_BYTES = 4096;

/** How NACKs were answered, in packets. */
export interface RepairCounts {
	sent: number;
	/** Asked for again within a round trip. */
	repeated: number;
	/** Beyond the viewer's share. */
	refused: number;
	/** Not kept any more, or never sent to this viewer. */
	unknown: number;
}

/**
 * Decides which packets that one viewer asks for by NACK are sent to it again, from the source's cache and under the numbers of its
 * sink; and numbers its retransmission stream (RTX, RFC 4588).
 */
export class Retransmitter {
	/** The viewer's link takes no moving picture. */
	isThin = false;
	readonly counts: RepairCounts = { sent: 0, repeated: 0, refused: 0, unknown: 0 };

	readonly #sink: Sink;
	readonly #cache: PacketCache;
	readonly #media = new ByteRate();
	readonly #repair = new ByteRate();
	/** Their numbers with the roll-over counter, the lower 32 bits, plus one: 0 is none. */
	#answered: Uint32Array | undefined;
	#answeredMs: Float64Array | undefined;
	#rtxIndex: number;

	/** @param firstRtxSequence where the retransmission stream begins, random; another is taken near the wrap (see Sink) */
	constructor(sink: Sink, cache: PacketCache, firstRtxSequence: number) {
		this.#sink = sink;
		this.#cache = cache;
		this.#rtxIndex = firstIndexFor(firstRtxSequence) - 1;
	}

	/** Sequence number and roll-over counter of the retransmission last begun. */
	get rtxSequence(): number {
		return this.#rtxIndex % CYCLE;
	}

	get rtxRollover(): number {
		return Math.floor(this.#rtxIndex / CYCLE);
	}

	/** This many bytes of media (not of repair) were sent to the viewer. */
	media(bytes: number, nowMs: number): void {
		this.#media.add(bytes, nowMs);
	}

	/**
	 * The viewer asks for a packet by its sequence number. When it is to be sent, it counts as sent.
	 *
	 * @param roundTripMs to this viewer, if known
	 * @returns the packet's number in the source's line, with the sink filled as by `lookup`, or {@link NOT_SENT}
	 */
	answer(sequence: number, roundTripMs: number | undefined, nowMs: number): number {
		const { counts } = this;
		const sink = this.#sink;
		const length = sink.lookup(sequence) ? this.#cache.lengthOf(sink.extendedSequence) : 0;
		if (length === 0) {
			counts.unknown++;
			return NOT_SENT;
		}
		const repeatMs = REPEAT_SHARE * (roundTripMs ?? DEFAULT_ROUND_TRIP_MS);
		if (nowMs - this.#lastSentMs(sink.rollover * CYCLE + sink.sequence) < repeatMs) {
			counts.repeated++;
			return NOT_SENT;
		}
		const allowed = Math.max(this.isThin ? LEAST_THIN_REPAIR_BYTES : LEAST_REPAIR_BYTES, REPAIR_SHARE * this.#media.lastSecond(nowMs));
		if (this.#repair.lastSecond(nowMs) + length > allowed) {
			counts.refused++;
			return NOT_SENT;
		}
		this.#repair.add(length, nowMs);
		this.sentLate(nowMs);
		counts.sent++;
		return sink.extendedSequence;
	}

	/**
	 * The packet last placed by the sink is sent now, after later ones: the viewer has asked for it, in vain so far, and what it
	 * asked for on the way is answered by this.
	 */
	sentLate(nowMs: number): void {
		this.#answered ??= new Uint32Array(REMEMBERED);
		this.#answeredMs ??= new Float64Array(REMEMBERED);
		const index = this.#sink.rollover * CYCLE + this.#sink.sequence;
		this.#answered[index % REMEMBERED] = index + 1;
		this.#answeredMs[index % REMEMBERED] = nowMs;
	}

	/** Begins the next packet of the retransmission stream, see `rtxSequence` and `rtxRollover`. Each number is given once. */
	nextRtx(): void {
		this.#rtxIndex++;
	}

	#lastSentMs(index: number): number {
		const slot = index % REMEMBERED;
		return this.#answered?.[slot] === (index + 1) >>> 0 ? (this.#answeredMs?.[slot] ?? 0) : Number.NEGATIVE_INFINITY;
	}
}
