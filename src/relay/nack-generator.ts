import { firstExtended16, unwrap16 } from '../rtp/sequence.ts';
import { MISSING_LIMIT, MissingPackets } from './missing-packets.ts';
import { ResponseTime } from './response-time.ts';

/**
 * A packet counts as missing once two later ones have come, or 10 ms after the first later one. Phones send a frame's packets in
 * one go, and radio links swap neighbours; libwebrtc, which asks at once, allows for a delay of up to 20 ms as a trial.
 */
const REORDERED_PACKETS = 2;
const REORDERED_MS = 10;
/** A packet later than this helps nobody: viewers' jitter buffers are shorter, and a keyframe is quicker. */
const MAX_AGE_MS = 1000;
/** As many as libwebrtc had for years. */
const MAX_TRIES = 10;
/** A link that loses repeats is congested: each wait is longer than the one before. */
const BACK_OFF = 1.25;
const backOffs = Float64Array.from({ length: MAX_TRIES + 1 }, (_, tries) => BACK_OFF ** Math.max(0, tries - 1));
/** Of one NACK, so that it fits in one datagram even when every packet needs an entry of four bytes (libwebrtc: 253). */
export const MAX_ASKED_AT_ONCE = 250;
/** No older packet passes the uplink's SRTP replay window: what is further back is the start of something else. */
const LATE_WINDOW = 1024;
const NONE = -1;

/**
 * Which packets of one received stream are to be asked for, and when (generic NACK, RFC 4585 6.2.1).
 *
 * What does not come in time, or is too much to ask for, is given up: `takeLostForGood` tells once, for a keyframe request. It
 * needs none when a keyframe has started since. Holds at most 1,000 numbers.
 */
export class NackGenerator {
	/** When `due` has something to do next; Infinity when nothing is missing. */
	nextMs = Number.POSITIVE_INFINITY;
	readonly responseTime = new ResponseTime();

	readonly #missing = new MissingPackets();
	readonly #due: number[] = [];
	#started = false;
	#highest = 0;
	/** From this place in the list on, nothing has been asked for. */
	#untried = 0;
	/** Begins with the last keyframe. */
	#neededFrom = 0;
	#lostUpTo = NONE;

	/** Packets that are still to come. */
	get outstanding(): number {
		return this.#missing.count;
	}

	/** A packet arrived, by whatever way. */
	packet(sequence: number, nowMs: number): void {
		if (!this.#started) {
			this.#started = true;
			this.#highest = firstExtended16(sequence);
			return;
		}
		const extended = unwrap16(this.#highest, sequence);
		if (extended <= this.#highest) {
			if (this.#highest - extended > LATE_WINDOW) this.#giveUpAll(firstExtended16(sequence));
			else this.#arrivedLate(extended, nowMs);
			return;
		}
		const hole = extended - this.#highest - 1;
		if (this.#missing.count + hole > MISSING_LIMIT) {
			this.#giveUpAll(extended);
			return;
		}
		for (let missing = this.#highest + 1; missing < extended; missing++) this.#missing.add(missing, nowMs);
		this.#highest = extended;
		if (this.#untried < this.#missing.count) this.nextMs = Math.min(this.nextMs, this.#firstTryMs(this.#untried, nowMs));
	}

	/**
	 * A keyframe starts with this packet, which arrived: what is missing before it is asked for once, to play on until the keyframe
	 * is complete, and then forgotten. Except for packets right before it, which may be its parameter sets.
	 */
	keyframe(sequence: number): void {
		const extended = unwrap16(this.#highest, sequence);
		if (extended <= this.#neededFrom) return;
		let end = this.#missing.find(extended);
		let neededFrom = extended;
		for (; end > 0 && this.#missing.sequence(end - 1) === neededFrom - 1; end--) neededFrom--;
		this.#neededFrom = neededFrom;
		this.#remove(0, Math.min(end, this.#untried));
		if (this.#lostUpTo < neededFrom) this.#lostUpTo = NONE;
	}

	/**
	 * Sequence numbers to ask for now, ascending, each counted as asked for. The list is reused by the next call. More may be due
	 * at once: `nextMs` tells.
	 */
	due(nowMs: number): readonly number[] {
		const due = this.#due;
		due.length = 0;
		if (nowMs < this.nextMs) return due;
		this.#giveUpAged(nowMs);
		const missing = this.#missing;
		let nextMs = missing.count === 0 ? Number.POSITIVE_INFINITY : missing.missedMs(0) + MAX_AGE_MS;
		for (let at = 0; at < missing.count; ) {
			const dueMs = this.#dueMs(at, nowMs);
			if (dueMs > nowMs) {
				nextMs = Math.min(nextMs, dueMs);
			} else if (missing.tries(at) >= MAX_TRIES) {
				this.#lost(missing.sequence(at));
				this.#remove(at, at + 1);
				continue;
			} else if (due.length === MAX_ASKED_AT_ONCE) {
				nextMs = nowMs;
				break;
			} else {
				due.push(missing.sequence(at) & 0xffff);
				missing.asked(at, nowMs);
				this.#untried = Math.max(this.#untried, at + 1);
				if (missing.sequence(at) < this.#neededFrom) {
					this.#remove(at, at + 1);
					continue;
				}
				nextMs = Math.min(nextMs, this.#dueMs(at, nowMs));
			}
			at++;
		}
		this.nextMs = nextMs;
		return due;
	}

	/** Did something get lost for good since the last call, with no keyframe after it? */
	takeLostForGood(): boolean {
		const lost = this.#lostUpTo !== NONE;
		this.#lostUpTo = NONE;
		return lost;
	}

	#arrivedLate(extended: number, nowMs: number): void {
		const missing = this.#missing;
		const at = missing.find(extended);
		if (at === missing.count || missing.sequence(at) !== extended) return;
		const tries = missing.tries(at);
		if (tries === 1) this.responseTime.answered(nowMs - missing.askedMs(at));
		else if (tries > 1) this.responseTime.answeredRepeat(nowMs);
		this.#remove(at, at + 1);
	}

	#dueMs(at: number, nowMs: number): number {
		const tries = this.#missing.tries(at);
		if (tries === 0) return this.#firstTryMs(at, nowMs);
		return this.#missing.askedMs(at) + this.responseTime.patienceMs * (backOffs[tries] ?? 1);
	}

	#firstTryMs(at: number, nowMs: number): number {
		if (this.#highest - this.#missing.sequence(at) >= REORDERED_PACKETS) return nowMs;
		return this.#missing.missedMs(at) + REORDERED_MS;
	}

	#giveUpAged(nowMs: number): void {
		let aged = 0;
		while (aged < this.#missing.count && nowMs - this.#missing.missedMs(aged) >= MAX_AGE_MS) aged++;
		if (aged === 0) return;
		this.#lost(this.#missing.sequence(aged - 1));
		this.#remove(0, aged);
	}

	#lost(extended: number): void {
		if (extended >= this.#neededFrom) this.#lostUpTo = Math.max(this.#lostUpTo, extended);
	}

	#giveUpAll(next: number): void {
		this.#highest = next;
		this.#neededFrom = 0;
		this.#lostUpTo = next - 1;
		this.#missing.clear();
		this.#untried = 0;
		this.nextMs = Number.POSITIVE_INFINITY;
	}

	#remove(from: number, to: number): void {
		this.#missing.remove(from, to);
		if (this.#untried >= to) this.#untried -= to - from;
		else this.#untried = Math.min(this.#untried, from);
	}
}
