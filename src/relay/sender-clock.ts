import { msFromNtp, type NtpTime } from '../rtcp/ntp.ts';
import { add32, difference32 } from '../rtp/sequence.ts';
import type { FeedClock } from './feed-clock.ts';

/**
 * A sender report that puts its timestamp further than this from when such a packet arrived is wrong, not late: a mobile uplink
 * holds packets back for seconds at most.
 */
const MOST_DEVIATION_MS = 10_000;
/** The estimate moves along before a distance comes near half the timestamp circle, where it would turn negative. */
const REFRESH_TICKS = 2 ** 30;

/**
 * Which outbound timestamp belongs to which moment of the server's clock, for one source: the pair that a sender report carries
 * (RFC 3550 6.4.1), from which a viewer learns how picture and sound lie to each other.
 *
 * 1. Until the publisher reports, the earliest arrival is taken: a timestamp belongs to the moment at which it arrived, relative
 *    to the quickest packet of the line so far. That is off by encoding and pacing, tens of milliseconds, and lets the first
 *    viewers' round trips be measured; a publisher that never reports stays there.
 * 2. A report says when its timestamp was, on the publisher's clock; {@link FeedClock} says when that was on ours. The latest
 *    report counts, so that drift between its two clocks is followed.
 *
 * A new line of timestamps (see SourceTrack) begins at 1 again. Between reports the timestamp grows with the server's clock.
 */
export class SenderClock {
	readonly #clockRate: number;
	#line = -1;
	/** By arrival. */
	#arrivalTimestamp = 0;
	#arrivalMs = 0;
	/** By report. */
	#reported = false;
	#reportTimestamp = 0;
	#reportMs = 0;

	/** @param clockRate ticks per second of the source's timestamps */
	constructor(clockRate: number) {
		this.#clockRate = clockRate;
	}

	/**
	 * A packet was rewritten.
	 * @param timestamp outbound
	 * @param line SourceTrack.timestampLine
	 */
	packet(timestamp: number, line: number, nowMs: number): void {
		if (line !== this.#line) {
			this.#line = line;
			this.#reported = false;
			this.#setArrival(timestamp, nowMs);
			return;
		}
		const expectedMs = this.#byArrival(timestamp);
		if (nowMs < expectedMs) this.#setArrival(timestamp, nowMs);
		else if (difference32(this.#arrivalTimestamp, timestamp) > REFRESH_TICKS) this.#setArrival(timestamp, expectedMs);
	}

	/**
	 * The publisher's sender report.
	 *
	 * @param feed the clock of the connection that it came on, shared with the other kind
	 * @param ntp all zero means no wall clock (RFC 3550 6.4.1), and the report is ignored
	 * @param timestamp its RTP timestamp translated to the outbound line (SourceTrack.translateTimestamp)
	 */
	senderReport(feed: FeedClock, ntp: NtpTime, timestamp: number): void {
		if (this.#line === -1 || (ntp.seconds === 0 && ntp.fraction === 0)) return;
		const ntpMs = msFromNtp(ntp);
		const arrivalMs = this.#byArrival(timestamp);
		// Fixed to the estimate, not to the report's own arrival: the line of this kind stays where it is and a late report harms nobody.
		feed.fix(ntpMs, arrivalMs);
		const serverMs = feed.toServerMs(ntpMs) ?? arrivalMs;
		if (Math.abs(serverMs - arrivalMs) > MOST_DEVIATION_MS) return;
		this.#reported = true;
		this.#reportTimestamp = timestamp;
		this.#reportMs = serverMs;
	}

	/** The outbound timestamp of this moment; undefined before the first packet, when there is nothing to report. */
	timestampAt(nowMs: number): number | undefined {
		if (this.#line === -1) return undefined;
		const timestamp = this.#reported ? this.#reportTimestamp : this.#arrivalTimestamp;
		const sinceMs = nowMs - (this.#reported ? this.#reportMs : this.#arrivalMs);
		return add32(timestamp, Math.round((sinceMs * this.#clockRate) / 1000));
	}

	#byArrival(timestamp: number): number {
		return this.#arrivalMs + (difference32(this.#arrivalTimestamp, timestamp) * 1000) / this.#clockRate;
	}

	#setArrival(timestamp: number, nowMs: number): void {
		this.#arrivalTimestamp = timestamp;
		this.#arrivalMs = nowMs;
	}
}
