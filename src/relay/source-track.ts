import type { MediaKind } from '../rtp/codecs.ts';
import { writeAbsSendTime } from '../rtp/header-extension.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import { add32, difference32 } from '../rtp/sequence.ts';
import {
	absSendTimeAt,
	outboundHeaderLength,
	payloadTypeAt,
	prepareOutboundHeader,
	writeSequence,
	writeTimestamp,
} from './outbound-packet.ts';
import { REFUSED, SequenceLine } from './sequence-line.ts';

/**
 * Two SSRCs of one connection never share a line: another one is let in only once the current has been quiet this long, which
 * is longer than the 400 ms between two packets of an Opus stream in DTX.
 */
const SSRC_SILENCE_MS = 500;
/** A step back by more than this is a new clock, not the frame order of a codec with B-frames. */
const TIMESTAMP_BACK_SECONDS = 1;
/** A step ahead of real time by more than this is a new clock; a phone's stalled uplink only ever makes packets late. */
const TIMESTAMP_AHEAD_SECONDS = 10;

export interface SourceTrackOptions {
	readonly kind: MediaKind;
	readonly ssrc: number;
	/** Where the line begins, 0–65535 (RFC 3550 5.1 wants it random). */
	readonly firstSequence: number;
	/** 0–4294967295, random too. */
	readonly firstTimestamp: number;
	/** Id of abs-send-time in the server's offers, 1–14. */
	readonly absSendTimeId: number;
}

/**
 * One outbound line of packets (SSRC, sequence, timestamp) that outlives the connections which feed it: whoever broadcasts, and
 * however often the phone reconnects, viewers see a single stream that pauses and goes on.
 *
 * Sequence numbers are dealt by {@link SequenceLine}. The outbound timestamp is the received one plus an offset that changes
 * only where a new line begins: with a new connection, a new SSRC, a restarted sequence or a timestamp that leaps. There it goes
 * on from the last packet by the time that has passed.
 */
export class SourceTrack {
	readonly kind: MediaKind;
	readonly ssrc: number;
	/** Unwrapped sequence number of the packet last rewritten: the key of its plaintext, never given to another. */
	extendedSequence: number;
	/** Outbound timestamp of the packet last rewritten. */
	lastTimestamp: number;
	/** Packets and payload octets rewritten so far. */
	packetCount = 0;
	octetCount = 0;
	/** Counts the timestamp lines: what was learned of the clock of one (see SenderClock) does not hold for the next. */
	timestampLine = 0;
	/** The connection that feeds the track; none before the first attach. */
	feed: number | undefined;

	readonly #absSendTimeId: number;
	readonly #sequence: SequenceLine;
	#lineOpen = false;
	#inputSsrc = 0;
	#timestampOffset = 0;
	/** The newest packet (by sequence) that was forwarded: its received and outbound timestamps and its arrival. */
	#newestInput = 0;
	#newestOutput: number;
	#newestMs = 0;

	constructor(options: SourceTrackOptions) {
		this.kind = options.kind;
		this.ssrc = options.ssrc;
		this.#absSendTimeId = options.absSendTimeId;
		this.#sequence = new SequenceLine(options.firstSequence);
		this.#newestOutput = options.firstTimestamp;
		this.extendedSequence = options.firstSequence;
		this.lastTimestamp = options.firstTimestamp;
	}

	/** A newer connection takes over; its first packet continues the line. Attaching the current feed again changes nothing. */
	attach(feed: number): void {
		if (feed === this.feed) return;
		this.feed = feed;
		this.#lineOpen = false;
	}

	/**
	 * Rewrites one decrypted packet into `out` in the shape of outbound-packet.ts, without padding, CSRCs and the sender's own
	 * extensions.
	 *
	 * @param feed the connection that it came from
	 * @returns the length, or 0 when the packet is not to be forwarded: its feed has been replaced, it has no payload, it was
	 * sent before the first packet of its line, its number is taken, or it does not fit in `out`.
	 */
	rewrite(
		feed: number,
		packet: Uint8Array,
		header: RtpHeader,
		payloadType: number,
		clockRate: number,
		nowMs: number,
		out: Uint8Array,
	): number {
		if (feed !== this.feed) return 0;
		const length = outboundHeaderLength + header.payloadLength;
		if (length > out.length) return 0;
		if (!this.#placeSequence(header, nowMs)) return 0;
		this.#placeTimestamp(header, clockRate, nowMs);

		prepareOutboundHeader(out, this.ssrc, this.#absSendTimeId);
		out[payloadTypeAt] = (header.marker ? 0x80 : 0) | payloadType;
		writeSequence(out, this.extendedSequence);
		writeTimestamp(out, this.lastTimestamp);
		writeAbsSendTime(out, absSendTimeAt, nowMs);
		// One short-lived view: 0.06 µs for 1,100 bytes, where copying byte by byte takes 1.4.
		out.set(packet.subarray(header.payloadOffset, header.payloadOffset + header.payloadLength), outboundHeaderLength);
		this.packetCount++;
		this.octetCount += header.payloadLength;
		return length;
	}

	/**
	 * A received timestamp (of a sender report) on the outbound line.
	 *
	 * @returns undefined when it belongs to no line that is open: another feed or SSRC, or no packet has been forwarded yet.
	 */
	translateTimestamp(feed: number, ssrc: number, timestamp: number): number | undefined {
		if (!this.#lineOpen || feed !== this.feed || ssrc !== this.#inputSsrc) return undefined;
		return add32(timestamp, this.#timestampOffset);
	}

	#placeSequence(header: RtpHeader, nowMs: number): boolean {
		const hasPayload = header.payloadLength > 0;
		if (this.#lineOpen && header.ssrc === this.#inputSsrc) {
			const placed = this.#sequence.place(header.sequenceNumber, hasPayload);
			if (placed === REFUSED) return false;
			this.extendedSequence = placed;
			return true;
		}
		if (!hasPayload || (this.#lineOpen && nowMs - this.#newestMs < SSRC_SILENCE_MS)) return false;
		this.extendedSequence = this.#sequence.open(header.sequenceNumber);
		this.#inputSsrc = header.ssrc;
		this.#lineOpen = true;
		return true;
	}

	#placeTimestamp(header: RtpHeader, clockRate: number, nowMs: number): void {
		const sequence = this.#sequence;
		if (sequence.newest) {
			const elapsedTicks = ((nowMs - this.#newestMs) * clockRate) / 1000;
			const step = difference32(this.#newestInput, header.timestamp);
			const leaps = step < -TIMESTAMP_BACK_SECONDS * clockRate || step > elapsedTicks + TIMESTAMP_AHEAD_SECONDS * clockRate;
			if (sequence.opened || leaps) {
				// A picture of its own: at least one tick on, however soon it comes.
				const ticks = this.packetCount === 0 ? 0 : Math.max(1, Math.round(elapsedTicks));
				this.#timestampOffset = add32(this.#newestOutput, ticks - header.timestamp);
				this.timestampLine++;
				sequence.forgetEarlier();
			}
			this.#newestInput = header.timestamp;
			this.#newestOutput = add32(header.timestamp, this.#timestampOffset);
			this.#newestMs = nowMs;
		}
		this.lastTimestamp = add32(header.timestamp, this.#timestampOffset);
	}
}
