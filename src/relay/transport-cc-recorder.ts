import { MAX_DELTA_TICKS, MIN_DELTA_TICKS, referenceTimeOf, ticksAfter, writeTransportCc } from '../rtcp/transport-cc.ts';
import { firstExtended16, unwrap16 } from '../rtp/sequence.ts';

/** libwebrtc sends feedback every 50 to 250 ms; its estimator wants ten reports a second. */
export const FEEDBACK_INTERVAL_MS = 100;
/** Arrivals remembered: more than a second at 10 Mbit/s. A leap beyond it is a restart, so that no sequence makes a large feedback. */
const WINDOW = 1024;
/** With as many new packets feedback does not wait: a faster sender gets it more often, in packets of the usual size. */
const PACKETS_AT_ONCE = 100;
/** Arrivals in one feedback: with 2-byte deltas and the worst chunks for a whole window that is 1,114 bytes, below any MTU. */
const MOST_ARRIVALS = 400;
const NEVER = -1;
const EMPTY = new Float64Array(0);

/**
 * Collects arrivals of the packets of one connection by their transport-wide sequence number, and makes the feedback from which the
 * sender estimates its bandwidth (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 *
 * Each feedback goes on where the one before ended, losses included. A packet that arrives after its successors were reported moves
 * the beginning of the next feedback back to itself, as libwebrtc's does.
 */
export class TransportCcRecorder {
	/** When `build` has something to do next; Infinity while nothing new has arrived. */
	nextMs = Number.POSITIVE_INFINITY;

	readonly #senderSsrc: number;
	readonly #intervalMs: number;
	/** Made with the first packet: viewers never need them. */
	#sequences = EMPTY;
	#arrivals = EMPTY;
	#started = false;
	#highest = 0;
	/** Where the next feedback begins. */
	#next = 0;
	#recorded = 0;
	#mediaSsrc = 0;
	#feedbackCount = 0;
	#lastBuiltMs = Number.NEGATIVE_INFINITY;

	/** @param senderSsrc the server's own SSRC in RTCP */
	constructor(senderSsrc: number, intervalMs: number = FEEDBACK_INTERVAL_MS) {
		this.#senderSsrc = senderSsrc;
		this.#intervalMs = intervalMs;
	}

	/**
	 * @param transportSequence 0–65535
	 * @param mediaSsrc of the packet that carried it
	 */
	record(transportSequence: number, mediaSsrc: number, nowMs: number): void {
		let sequence = unwrap16(this.#highest, transportSequence);
		if (!this.#started || Math.abs(sequence - this.#highest) >= WINDOW) {
			sequence = firstExtended16(transportSequence);
			this.#restart(sequence);
		}
		const slot = sequence % WINDOW;
		if (this.#sequences[slot] === sequence) return;
		this.#sequences[slot] = sequence;
		this.#arrivals[slot] = nowMs;
		this.#mediaSsrc = mediaSsrc;
		this.#highest = Math.max(this.#highest, sequence);
		this.#next = Math.max(Math.min(this.#next, sequence), this.#highest - WINDOW + 1);
		this.#recorded++;
		this.nextMs = this.#recorded >= PACKETS_AT_ONCE ? nowMs : Math.max(nowMs, this.#lastBuiltMs + this.#intervalMs);
	}

	/**
	 * One feedback packet, or undefined when there is nothing to tell. It says all there is in the usual case; after a burst or a
	 * long silence more is ready at once: build until undefined.
	 */
	build(nowMs: number): Uint8Array | undefined {
		const base = this.#firstReceived();
		if (base === NEVER) return undefined;
		const baseMs = this.#arrivalOf(base) ?? 0;
		const arrivals: (number | undefined)[] = [];
		let received = 0;
		let length = 0;
		let previous = 0;
		for (let sequence = this.#next; sequence <= this.#highest && received < MOST_ARRIVALS; sequence++) {
			const arrivalMs = this.#arrivalOf(sequence);
			const ticks = arrivalMs === undefined ? undefined : ticksAfter(baseMs, arrivalMs);
			arrivals.push(ticks);
			if (ticks === undefined) continue;
			if (ticks - previous > MAX_DELTA_TICKS || ticks - previous < MIN_DELTA_TICKS) break;
			previous = ticks;
			received++;
			length = arrivals.length;
		}
		// Ends with a packet that was received: whether those behind it are lost is not known yet.
		arrivals.length = length;
		const feedback = writeTransportCc({
			type: 'transport-cc',
			senderSsrc: this.#senderSsrc,
			mediaSsrc: this.#mediaSsrc,
			baseSequence: this.#next & 0xffff,
			referenceTime: referenceTimeOf(baseMs),
			feedbackCount: this.#feedbackCount,
			arrivals,
		});
		this.#feedbackCount = (this.#feedbackCount + 1) & 0xff;
		this.#next += length;
		this.#recorded = 0;
		this.#lastBuiltMs = nowMs;
		this.nextMs = this.#next <= this.#highest ? nowMs : Number.POSITIVE_INFINITY;
		return feedback;
	}

	#firstReceived(): number {
		if (!this.#started) return NEVER;
		for (let sequence = this.#next; sequence <= this.#highest; sequence++) {
			if (this.#arrivalOf(sequence) !== undefined) return sequence;
		}
		return NEVER;
	}

	#arrivalOf(sequence: number): number | undefined {
		const slot = sequence % WINDOW;
		return this.#sequences[slot] === sequence ? this.#arrivals[slot] : undefined;
	}

	#restart(sequence: number): void {
		this.#started = true;
		if (this.#sequences.length === 0) {
			this.#sequences = new Float64Array(WINDOW);
			this.#arrivals = new Float64Array(WINDOW);
		}
		this.#sequences.fill(NEVER);
		this.#highest = sequence;
		this.#next = sequence;
		this.#recorded = 0;
	}
}
