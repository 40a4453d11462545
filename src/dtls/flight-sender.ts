import { DTLS_1_2, encodeRecord, packDatagrams } from './record.ts';
import type { RecordCipher } from './record-cipher.ts';
import type { RoundTrip } from './round-trip.ts';

/** Of the round trip, until an answer counts as lost: the client's cryptography and jitter come on top of the way. */
const ANSWER_WAIT = 1.5;

/**
 * RFC 6347 4.2.4.1 begins at 1 s and ends at 60. A picture waits for this, loss rather than load is what it meets, and a flight is one
 * datagram of 620 octets: thirty a minute harm nobody.
 */
const MAX_RETRANSMIT_MS = 2_000;

/** A repeated hello may come in several pieces, and each asks for the flight: they get one. */
const MIN_REPEAT_MS = 40;

/** Copies of the final flight that nobody asks for, 75 octets each. See `docs/decisions/0017`. */
const UNASKED_COPIES = 3;

/**
 * Final flights in all. BoringSSL (DTLS1_MAX_TIMEOUTS) and OpenSSL (DTLS1_TMO_ALERT_COUNT) fail a connection whose peer repeats its
 * Finished more than twelve times.
 */
const MAX_FINAL_FLIGHTS = 11;

/** A message or signal of a flight, which each time goes out in a record of its own. */
export interface FlightPart {
	readonly type: number;
	readonly epoch: 0 | 1;
	readonly payload: Uint8Array;
}

/** Sends flights, numbers their records and repeats the last one: on a timer, and when the peer repeats itself. */
export class FlightSender {
	readonly #send: (datagram: Uint8Array) => void;
	readonly #onFault: (error: unknown) => void;
	readonly #roundTrip: RoundTrip;
	/** Next record sequence number of epochs 0 and 1. */
	readonly #sequences: [number, number] = [0, 0];
	#cipher: RecordCipher | undefined;
	#last: readonly FlightPart[] = [];
	#lastMs = Number.NEGATIVE_INFINITY;
	#finalFlights = 0;
	#timer: NodeJS.Timeout | undefined;

	/** @param onFault is told what was thrown in a repeat by the clock */
	constructor(send: (datagram: Uint8Array) => void, roundTrip: RoundTrip, onFault: (error: unknown) => void) {
		this.#send = send;
		this.#roundTrip = roundTrip;
		this.#onFault = onFault;
	}

	/** What seals epoch 1 from now on. */
	useCipher(cipher: RecordCipher): void {
		this.#cipher = cipher;
	}

	/** Sends a flight that wants an answer, and repeats it at doubling intervals until another one or {@link stop}. */
	sendUntilAnswered(flight: readonly FlightPart[]): void {
		this.stop();
		this.#last = flight;
		this.transmit(flight);
		this.#roundTrip.sent(this.#lastMs);
		this.#repeatAfter(this.#roundTrip.ms * ANSWER_WAIT);
	}

	/** The peer has begun to answer. */
	hearAnswer(): void {
		this.#roundTrip.answered(performance.now());
	}

	/** Sends a flight after which nothing is due, and some copies of it a round trip apart. */
	sendFinal(flight: readonly FlightPart[]): void {
		this.stop();
		this.#last = flight;
		this.#transmitFinal();
		this.#copyFinal(UNASKED_COPIES);
	}

	/** Sends the last flight, or an earlier one, again because the peer has repeated what it answers. */
	repeat(flight: readonly FlightPart[]): void {
		if (performance.now() - this.#lastMs < MIN_REPEAT_MS) return;
		this.#last = flight;
		this.transmit(flight);
	}

	/**
	 * Sends the final flight again because the peer has repeated what it answers. What comes within a round trip of ours was sent before ours
	 * could arrive, and what comes just after it may be some stack's answer to a copy: neither asks for one more.
	 */
	repeatFinal(): void {
		const tooSoon = performance.now() - this.#lastMs < this.#roundTrip.ms * ANSWER_WAIT;
		if (!tooSoon && this.#finalFlights < MAX_FINAL_FLIGHTS) this.#transmitFinal();
	}

	/** Sends something that is never repeated. */
	transmit(parts: readonly FlightPart[]): void {
		this.#lastMs = performance.now();
		this.#roundTrip.repeated();
		const records = parts.map(({ type, epoch, payload }) => {
			const record = { type, version: DTLS_1_2, epoch, sequence: this.#sequences[epoch]++, payload };
			return encodeRecord(epoch === 1 && this.#cipher !== undefined ? this.#cipher.seal(record) : record);
		});
		for (const datagram of packDatagrams(records)) this.#send(datagram);
	}

	/** No more repeats by the clock. */
	stop(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	#repeatAfter(delayMs: number): void {
		this.#after(delayMs, () => {
			this.#repeatAfter(Math.min(delayMs * 2, MAX_RETRANSMIT_MS));
			this.transmit(this.#last);
		});
	}

	#copyFinal(copies: number): void {
		this.#after(this.#roundTrip.ms, () => {
			if (copies > 1) this.#copyFinal(copies - 1);
			this.#transmitFinal();
		});
	}

	#transmitFinal(): void {
		this.#finalFlights++;
		this.transmit(this.#last);
	}

	#after(delayMs: number, action: () => void): void {
		this.#timer = setTimeout(() => {
			try {
				action();
			} catch (error) {
				this.#onFault(error);
			}
		}, delayMs);
	}
}
