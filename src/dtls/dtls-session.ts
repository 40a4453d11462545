import type { SrtpProfile } from '../srtp/profile.ts';
import type { DtlsCertificate } from './certificate.ts';
import { type FingerprintAlgorithm, fingerprintOf } from './fingerprint.ts';
import { type FlightPart, FlightSender } from './flight-sender.ts';
import { encodeMessage, type HandshakeMessage, HandshakeType, parseFragments } from './handshake-message.ts';
import type { SrtpMasterKeys } from './key-schedule.ts';
import { ContentType, type DtlsRecord, parseRecords } from './record.ts';
import type { RecordCipher } from './record-cipher.ts';
import { RoundTrip } from './round-trip.ts';
import { type HandshakeRefusal, type HandshakeResult, ServerHandshake } from './server-handshake.ts';

/** From the first piece of a hello on. ICE has found the path before, so what takes longer will not come. */
const HANDSHAKE_TIMEOUT_MS = 30_000;

/** A sealed Finished has 48 octets. */
const MAX_EARLY_FINISHED = 64;

/** RFC 5246 7.2. */
const ALERT_WARNING = 1;
const ALERT_FATAL = 2;
const ALERT_CLOSE_NOTIFY = 0;

/** What the owner learns when the handshake is done. */
export interface DtlsKeys extends SrtpMasterKeys {
	readonly profile: SrtpProfile;
	/**
	 * The digest of the certificate whose key the peer has proven to hold, upper-case hex pairs parted by colons. Nothing from the peer
	 * may be used before it is compared with the one its description names: RFC 8827 6.5.
	 */
	remoteFingerprint(algorithm: FingerprintAlgorithm): string;
}

export type DtlsCloseReason =
	/** The peer said close_notify. */
	| 'closed-by-peer'
	/** It sent a fatal alert over the finished connection. */
	| 'alert'
	/** A fault of ours, which `onFault` was told of. */
	| 'fault'
	/** The handshake was not finished in time, or what the client sent was wrong too often; this is what it last failed on. */
	| HandshakeRefusal;

export interface DtlsSessionOptions {
	readonly certificate: DtlsCertificate;
	/** In order of preference. */
	readonly srtpProfiles: readonly SrtpProfile[];
	/** The path's round trip as ICE has seen it, which times the first repeats; left out where it has not. */
	readonly roundTripMs?: number | undefined;
	/** Takes a datagram for the peer, which is its own from then on. */
	readonly send: (datagram: Uint8Array) => void;
	/** Called once, from within {@link DtlsSession.receive}. */
	readonly onConnected: (keys: DtlsKeys) => void;
	/** Called at most once, and never for the owner's own {@link DtlsSession.close}. The session is closed already. */
	readonly onClosed: (reason: DtlsCloseReason) => void;
	/**
	 * Called with what was thrown in a timer of the session, where no caller could catch it. The session ends with it, if it has not ended
	 * before; the others go on.
	 */
	readonly onFault: (error: unknown) => void;
}

/**
 * The server's end of one DTLS 1.2 connection that carries nothing but SRTP keys: RFC 5764, RFC 6347. It has no socket: datagrams of
 * an ICE-checked path go in by {@link receive} and come out by `send`.
 *
 * Alerts in clear are ignored, as anybody could have sent them; a handshake that cannot succeed ends by its time limit.
 */
export class DtlsSession {
	readonly #options: DtlsSessionOptions;
	#handshake: ServerHandshake | undefined;
	#cipher: RecordCipher | undefined;
	#closed = false;
	readonly #sender: FlightSender;
	/** Flights that were sent, by their messages: one for each answered hello. */
	readonly #flights = new Map<readonly HandshakeMessage[], readonly FlightPart[]>();
	/** A Finished that overtook the messages before it. */
	#earlyFinished: DtlsRecord | undefined;
	#deadlineTimer: NodeJS.Timeout | undefined;

	constructor(options: DtlsSessionOptions) {
		this.#options = options;
		this.#sender = new FlightSender(options.send, new RoundTrip(options.roundTripMs), (error) => this.#failOnTimer(error));
		this.#handshake = new ServerHandshake(options.certificate, options.srtpProfiles);
	}

	/** Takes a datagram from the peer. What is damaged, forged or out of place in it is dropped; nothing it holds makes this throw. */
	receive(datagram: Uint8Array): void {
		for (const record of parseRecords(datagram)) {
			if (this.#closed) return;
			if (record.epoch === 0) this.#receiveClear(record);
			else if (record.epoch === 1) this.#receiveSealed(record);
		}
	}

	/** Says close_notify over a finished connection and lets go of everything. Harmless twice. */
	close(): void {
		if (this.#closed) return;
		if (this.#cipher !== undefined) {
			this.#sender.transmit([{ type: ContentType.alert, epoch: 1, payload: Uint8Array.of(ALERT_WARNING, ALERT_CLOSE_NOTIFY) }]);
		}
		this.#release();
	}

	#receiveClear(record: DtlsRecord): void {
		if (record.type !== ContentType.handshake || this.#handshake === undefined) return;
		for (const fragment of parseFragments(record.payload)) {
			const handshake = this.#handshake;
			if (handshake === undefined) return;
			this.#deadlineTimer ??= setTimeout(() => this.#guard(() => this.#fail()), HANDSHAKE_TIMEOUT_MS);
			if (fragment.type !== HandshakeType.clientHello) this.#sender.hearAnswer();
			const flight = handshake.acceptFragment(fragment, performance.now());
			if (flight !== undefined) this.#sendServerFlight(flight);
			if (handshake.isExhausted) this.#fail();
			if (this.#closed) return;
			if (handshake.cipher !== undefined && this.#earlyFinished !== undefined) this.#receiveFinished(handshake, this.#earlyFinished);
		}
	}

	#receiveSealed(record: DtlsRecord): void {
		if (this.#cipher !== undefined) this.#receiveConnected(this.#cipher, record);
		else if (this.#handshake !== undefined && record.type === ContentType.handshake) this.#receiveFinished(this.#handshake, record);
	}

	#receiveFinished(handshake: ServerHandshake, record: DtlsRecord): void {
		const { cipher } = handshake;
		if (cipher === undefined) {
			if (record.payload.length <= MAX_EARLY_FINISHED) this.#earlyFinished = { ...record, payload: Uint8Array.from(record.payload) };
			return;
		}
		this.#earlyFinished = undefined;
		const payload = cipher.open(record);
		if (payload === undefined) {
			handshake.doubtClientFlight();
			return;
		}
		const outcome = handshake.acceptFinished(payload);
		if (outcome !== undefined) this.#connect(cipher, outcome.finished, outcome.result);
	}

	#connect(cipher: RecordCipher, finished: HandshakeMessage, result: HandshakeResult): void {
		clearTimeout(this.#deadlineTimer);
		this.#handshake = undefined;
		this.#flights.clear();
		this.#cipher = cipher;
		this.#sender.useCipher(cipher);
		this.#sender.sendFinal([
			{ type: ContentType.changeCipherSpec, epoch: 0, payload: Uint8Array.of(1) },
			// A copy: it is kept as long as the session, and must not keep a piece of Node's buffer pool (64 KiB) with it.
			{ type: ContentType.handshake, epoch: 1, payload: new Uint8Array(encodeMessage(finished)) },
		]);
		this.#options.onConnected({
			profile: result.srtpProfile,
			...result.srtpKeys,
			remoteFingerprint: (algorithm) => fingerprintOf(result.remoteCertificate, algorithm),
		});
	}

	/** Application data has no meaning here (there are no data channels) and is dropped with the rest. */
	#receiveConnected(cipher: RecordCipher, record: DtlsRecord): void {
		const payload = cipher.open(record);
		if (payload === undefined) return;
		// Only a Finished can come again: renegotiation is never begun, so the client has lost our answer. RFC 6347 4.2.4.
		if (record.type === ContentType.handshake) this.#sender.repeatFinal();
		if (record.type !== ContentType.alert) return;
		if (payload[1] === ALERT_CLOSE_NOTIFY) this.#end('closed-by-peer');
		else if (payload[0] === ALERT_FATAL) this.#end('alert');
	}

	#sendServerFlight(messages: readonly HandshakeMessage[]): void {
		const sent = this.#flights.get(messages);
		if (sent !== undefined) {
			this.#sender.repeat(sent);
			return;
		}
		const flight = messages.map((message) => ({ type: ContentType.handshake, epoch: 0, payload: encodeMessage(message) }) as const);
		this.#flights.set(messages, flight);
		this.#sender.sendUntilAnswered(flight);
	}

	#fail(): void {
		this.#end(this.#handshake?.refusal ?? 'incomplete');
	}

	/** Nobody is above a timer to catch what it throws. */
	#failOnTimer(error: unknown): void {
		this.#options.onFault(error);
		if (!this.#closed) this.#guard(() => this.#end('fault'));
	}

	#guard(ending: () => void): void {
		try {
			ending();
		} catch (error) {
			this.#failOnTimer(error);
		}
	}

	#end(reason: DtlsCloseReason): void {
		this.#release();
		this.#options.onClosed(reason);
	}

	#release(): void {
		this.#closed = true;
		this.#sender.stop();
		clearTimeout(this.#deadlineTimer);
		this.#handshake = undefined;
		this.#flights.clear();
		this.#cipher = undefined;
		this.#earlyFinished = undefined;
	}
}
