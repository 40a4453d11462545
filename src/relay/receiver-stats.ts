import { ntpUnitsFromMs } from '../rtcp/ntp.ts';
import type { ReportBlock } from '../rtcp/report-block.ts';
import { add16, difference32, unwrap16 } from '../rtp/sequence.ts';

/** Time between receiver reports to a broadcaster; a browser's loss-based estimate moves with them. */
export const RECEIVER_REPORT_INTERVAL_MS = 1000;

/** A leap by more than this is a restart once a second packet follows right behind it (RFC 3550 A.1). */
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;
/** Reception statistics of one received SSRC, for the reports to its sender (RFC 3550 A.1, A.3, A.8). */
export class ReceiverStats {
	readonly #ssrc: number;
	#started = false;
	#base = 0;
	#highest = 0;
	#received = 0;
	#restartAt = -1;
	#expectedBefore = 0;
	#receivedBefore = 0;
	#jitterTicks = 0;
	#lastTimestamp = 0;
	#lastArrivalMs = 0;
	#senderReport = 0;
	#senderReportMs = 0;

	constructor(ssrc: number) {
		this.#ssrc = ssrc;
	}

	packet(sequence: number, timestamp: number, clockRate: number, nowMs: number): void {
		if (!this.#started) this.#restart(sequence);
		const extended = unwrap16(this.#highest, sequence);
		const ahead = extended - this.#highest;
		if (ahead > MAX_DROPOUT || ahead < -MAX_MISORDER) {
			if (sequence !== this.#restartAt) {
				this.#restartAt = add16(sequence, 1);
				return;
			}
			this.#restart(sequence);
		} else if (ahead > 0) {
			this.#highest = extended;
		}
		this.#restartAt = -1;
		if (this.#received > 0) this.#addJitter(timestamp, clockRate, nowMs);
		this.#received++;
		this.#lastTimestamp = timestamp;
		this.#lastArrivalMs = nowMs;
	}

	/** @param ntpMiddle middle 32 bits of the NTP time in a sender report of this SSRC */
	senderReport(ntpMiddle: number, nowMs: number): void {
		this.#senderReport = ntpMiddle;
		this.#senderReportMs = nowMs;
	}

	/** The next report; the loss since this one goes into the following. Undefined before the first packet. */
	report(nowMs: number): ReportBlock | undefined {
		if (!this.#started) return undefined;
		const expected = this.#highest - this.#base + 1;
		const expectedNow = expected - this.#expectedBefore;
		const lostNow = expectedNow - (this.#received - this.#receivedBefore);
		this.#expectedBefore = expected;
		this.#receivedBefore = this.#received;
		return {
			ssrc: this.#ssrc,
			fractionLost: expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)),
			cumulativeLost: expected - this.#received,
			highestSequence: this.#highest >>> 0,
			jitterTicks: Math.floor(this.#jitterTicks) >>> 0,
			lastSenderReport: this.#senderReport,
			delaySinceLast: this.#senderReport === 0 ? 0 : ntpUnitsFromMs(nowMs - this.#senderReportMs),
		};
	}

	#restart(sequence: number): void {
		this.#started = true;
		this.#base = sequence;
		this.#highest = sequence;
		this.#received = 0;
		this.#expectedBefore = 0;
		this.#receivedBefore = 0;
	}

	/** RFC 3550 A.8: the mean deviation of the difference in packet spacing, smoothed over 16 packets. */
	#addJitter(timestamp: number, clockRate: number, nowMs: number): void {
		const arrivalTicks = ((nowMs - this.#lastArrivalMs) * clockRate) / 1000;
		const deviation = Math.abs(arrivalTicks - difference32(this.#lastTimestamp, timestamp));
		this.#jitterTicks += (deviation - this.#jitterTicks) / 16;
	}
}
