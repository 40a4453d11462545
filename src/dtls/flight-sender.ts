import { DTLS_1_2, encodeRecord, packDatagrams } from './record.ts';
import type { RecordCipher } from './record-cipher.ts';

/** RFC 6347 4.2.4.1 starts at 1 s; a picture waits for this, and a flight of 800 octets sent once too often harms nobody. */
const FIRST_RETRANSMIT_MS = 500;
const MAX_RETRANSMIT_MS = 4_000;

/** A repeated hello may come in several pieces, and each asks for the flight: they get one. */
const MIN_REPEAT_MS = 40;

/** A message or signal of a flight, which each time goes out in a record of its own. */
export interface FlightPart {
	readonly type: number;
	readonly epoch: 0 | 1;
	readonly payload: Uint8Array;
}

/** Sends flights, numbers their records and repeats the last one: on a timer while an answer is due, and when the peer repeats itself. */
export class FlightSender {
	readonly #send: (datagram: Uint8Array) => void;
	readonly #onFault: (error: unknown) => void;
	/** Next record sequence number of epochs 0 and 1. */
	readonly #sequences: [number, number] = [0, 0];
	#cipher: RecordCipher | undefined;
	#last: readonly FlightPart[] = [];
	#lastMs = Number.NEGATIVE_INFINITY;
	#timer: NodeJS.Timeout | undefined;

	/** @param onFault is told what was thrown in a repeat by the clock */
	constructor(send: (datagram: Uint8Array) => void, onFault: (error: unknown) => void) {
		this.#send = send;
		this.#onFault = onFault;
	}

	/** What seals epoch 1 from now on. */
	useCipher(cipher: RecordCipher): void {
		this.#cipher = cipher;
	}

	/** Sends a flight that wants an answer. */
	sendUntilAnswered(flight: readonly FlightPart[]): void {
		this.sendFinal(flight);
		this.#arm(FIRST_RETRANSMIT_MS);
	}

	/** Sends a flight after which nothing is due. */
	sendFinal(flight: readonly FlightPart[]): void {
		this.stop();
		this.#last = flight;
		this.transmit(flight);
	}

	/** Sends the last flight, or an earlier one, again because the peer has repeated what it answers. */
	repeat(flight = this.#last): void {
		if (performance.now() - this.#lastMs < MIN_REPEAT_MS) return;
		this.#last = flight;
		this.transmit(flight);
	}

	/** Sends something that is never repeated. */
	transmit(parts: readonly FlightPart[]): void {
		this.#lastMs = performance.now();
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

	#arm(delayMs: number): void {
		this.#timer = setTimeout(() => {
			this.#arm(Math.min(delayMs * 2, MAX_RETRANSMIT_MS));
			try {
				this.transmit(this.#last);
			} catch (error) {
				this.#onFault(error);
			}
		}, delayMs);
	}
}
