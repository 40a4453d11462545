import { randomBytes, timingSafeEqual } from 'node:crypto';
import { SRTP_PROFILES, type SrtpProfile } from '../srtp/profile.ts';
import type { DtlsCertificate } from './certificate.ts';
import { publicKeyOf } from './certificate-key.ts';
import { parseCertificateVerify, parseClientKeyExchange, parseLeafCertificate } from './client-flight.ts';
import { parseClientHello } from './client-hello.ts';
import { HandshakeInbox } from './handshake-inbox.ts';
import { encodeMessage, type HandshakeFragment, type HandshakeMessage, HandshakeType, parseFragments } from './handshake-message.ts';
import { createEphemeralKey, type EphemeralKey } from './key-exchange.ts';
import {
	type HandshakeRandoms,
	masterSecret,
	recordKeys,
	type SrtpMasterKeys,
	sha256,
	srtpMasterKeys,
	verifyData,
} from './key-schedule.ts';
import { type Agreement, negotiate } from './negotiation.ts';
import { RecordCipher } from './record-cipher.ts';
import { buildServerFlight } from './server-flight.ts';
import { isAcceptableKey, isSignedBy } from './signature.ts';

/** Why the last attempt came to nothing. */
export type HandshakeRefusal =
	/** No hello yet that makes sense. */
	| 'no-hello'
	/** No suite, group, signature scheme or SRTP profile in common. */
	| 'nothing-in-common'
	/** The client's flight has not come whole. */
	| 'incomplete'
	/** The client shows no certificate, or one that cannot be read. */
	| 'no-certificate'
	/** It does not hold the certificate's key, or its messages were changed on the way. */
	| 'not-authentic';

/** What a finished handshake yields. */
export interface HandshakeResult {
	readonly srtpProfile: SrtpProfile;
	readonly srtpKeys: SrtpMasterKeys;
	/** DER. That the peer holds its key is proven; whose it is must be checked by its fingerprint. */
	readonly remoteCertificate: Uint8Array;
}

/** The server's side once a hello is agreed on. */
interface Exchange {
	readonly hello: Uint8Array;
	readonly agreement: Agreement;
	readonly randoms: HandshakeRandoms;
	readonly ephemeral: EphemeralKey;
	readonly flight: readonly HandshakeMessage[];
	/** Hello and flight as the handshake hash covers them. */
	readonly transcript: Uint8Array;
}

/** An exchange whose client has proven who it is. */
interface ProvenExchange extends Exchange {
	readonly master: Uint8Array;
	readonly cipher: RecordCipher;
}

const CLIENT_FLIGHT = [HandshakeType.certificate, HandshakeType.clientKeyExchange, HandshakeType.certificateVerify] as const;
const FIRST_CLIENT_SEQUENCE = 1;
const FINISHED_SEQUENCE = FIRST_CLIENT_SEQUENCE + CLIENT_FLIGHT.length;

/**
 * Hellos answered for one peer, 0.2 ms each. An honest client has one, however often it repeats it; each further one is forged, or was
 * changed on the way. Beyond it new ones are ignored and the answered ones go on.
 */
const MAX_HELLOS = 8;

/**
 * Certificates read and signatures checked for one peer, 0.1 ms each for the keys of browsers and 2.5 ms for the slowest: a proof is
 * tried against every answered hello, and an honest client is to finish even when the others are forged and it has to repeat itself.
 */
const MAX_PROOFS = 12;

/**
 * A full DTLS 1.2 handshake seen from the server: RFC 6347 4.2.4, RFC 5246 7.3. Takes messages, gives flights; records, timers and
 * retransmission are the session's.
 *
 * Until the client's Finished, anybody who can write to the socket can put in a message. So a message that turns out wrong never
 * ends the handshake: what the client sent so far is forgotten, and its next retransmission is a new attempt. A forged hello does not
 * undo the answer to the right one: each answered hello is kept, and which of them the client's flight belongs to shows in its proof.
 */
export class ServerHandshake {
	readonly #certificate: DtlsCertificate;
	readonly #srtpProfiles: readonly SrtpProfile[];
	#helloInbox = newHelloInbox();
	#inbox = newFlightInbox();
	/** Those of the answered hellos, in the order they came. */
	readonly #exchanges: Exchange[] = [];
	#proven: ProvenExchange | undefined;
	#received: Uint8Array[] = [];
	#leaf: Uint8Array | undefined;
	#clientKey: Uint8Array | undefined;
	#isDoubted = false;
	#proofs = 0;
	#refusal: HandshakeRefusal = 'no-hello';

	constructor(certificate: DtlsCertificate, srtpProfiles: readonly SrtpProfile[]) {
		this.#certificate = certificate;
		this.#srtpProfiles = srtpProfiles;
	}

	/** The cipher of epoch 1, from the client's CertificateVerify on. */
	get cipher(): RecordCipher | undefined {
		return this.#proven?.cipher;
	}

	/** Why it is not finished. */
	get refusal(): HandshakeRefusal {
		return this.#refusal;
	}

	/** So many proofs have turned out wrong that no more are read. */
	get isExhausted(): boolean {
		return this.#proofs >= MAX_PROOFS && this.#proven === undefined;
	}

	/** Takes a piece that came in clear. Returns the flight to send, when it completes a hello or repeats a piece of one answered. */
	acceptFragment(fragment: HandshakeFragment, nowMs: number): readonly HandshakeMessage[] | undefined {
		if (fragment.type === HandshakeType.clientHello) return this.#acceptHello(fragment, nowMs);
		// What comes after the client's clear messages comes sealed: a clear one with such a number is no part of any handshake.
		if (this.#exchanges.length === 0 || fragment.sequence >= FINISHED_SEQUENCE) return undefined;
		if (this.#isDoubted) this.#forgetClientFlight('not-authentic');
		this.#inbox.add(fragment, nowMs);
		for (let message = this.#inbox.take(); message !== undefined; message = this.#inbox.take()) this.#acceptMessage(message);
		return undefined;
	}

	/** Takes the clear payload of a record of epoch 1. Returns the server's Finished when the client's is right. */
	acceptFinished(payload: Uint8Array): { readonly finished: HandshakeMessage; readonly result: HandshakeResult } | undefined {
		const [fragment] = parseFragments(payload);
		if (this.#proven === undefined || this.#leaf === undefined || fragment === undefined) return undefined;
		if (fragment.type !== HandshakeType.finished || fragment.sequence !== FINISHED_SEQUENCE) return undefined;
		const { transcript, master, agreement, randoms, flight } = this.#proven;
		const expected = verifyData(master, 'client', sha256(transcript, ...this.#received));
		if (fragment.bytes.length !== expected.length || !timingSafeEqual(fragment.bytes, expected)) {
			this.#forgetClientFlight('not-authentic');
			return undefined;
		}
		this.#received.push(encodeMessage({ type: fragment.type, sequence: fragment.sequence, body: fragment.bytes }));
		const body = verifyData(master, 'server', sha256(transcript, ...this.#received));
		const { keyLength, saltLength } = SRTP_PROFILES[agreement.srtpProfile];
		return {
			finished: { type: HandshakeType.finished, sequence: flight.length, body },
			result: {
				srtpProfile: agreement.srtpProfile,
				srtpKeys: srtpMasterKeys(master, randoms, keyLength, saltLength),
				remoteCertificate: this.#leaf,
			},
		};
	}

	/**
	 * A Finished came that does not open. Either it was forged or what came before it was; the client knows, and repeats its flight if
	 * the flight is what was wrong. Only then is it read anew.
	 */
	doubtClientFlight(): void {
		this.#isDoubted = this.#proven !== undefined;
	}

	/** Something in the client's flight was wrong: all of it is to come again. */
	#forgetClientFlight(refusal: HandshakeRefusal): void {
		this.#isDoubted = false;
		this.#inbox = newFlightInbox();
		this.#received = [];
		this.#leaf = undefined;
		this.#clientKey = undefined;
		this.#proven = undefined;
		this.#refusal = refusal;
	}

	#acceptHello(fragment: HandshakeFragment, nowMs: number): readonly HandshakeMessage[] | undefined {
		const repeated = this.#exchanges.findLast(({ hello }) => isPieceOf(hello, fragment));
		this.#helloInbox.add(fragment, nowMs);
		const message = this.#helloInbox.take();
		if (message === undefined) return repeated?.flight;
		this.#helloInbox = newHelloInbox();
		const answered = this.#exchanges.find(({ hello }) => Buffer.compare(message.body, hello) === 0);
		return answered?.flight ?? this.#answer(message);
	}

	#answer(message: HandshakeMessage): readonly HandshakeMessage[] | undefined {
		if (this.#exchanges.length >= MAX_HELLOS) return undefined;
		const hello = parseClientHello(message.body);
		const agreement = hello && negotiate(hello, this.#srtpProfiles);
		if (hello === undefined || agreement === undefined) {
			if (this.#exchanges.length === 0) this.#refusal = 'nothing-in-common';
			return undefined;
		}
		const randoms = { client: hello.random, server: randomBytes(32) };
		const ephemeral = createEphemeralKey(agreement.group);
		const { der, privateKey } = this.#certificate;
		const flight = buildServerFlight({ agreement, randoms, ephemeral, certificate: der, privateKey });
		const transcript = Buffer.concat([message, ...flight].map(encodeMessage));
		if (this.#exchanges.length === 0) this.#refusal = 'incomplete';
		this.#exchanges.push({ hello: message.body, agreement, randoms, ephemeral, flight, transcript });
		return flight;
	}

	#acceptMessage(message: HandshakeMessage): void {
		const refusal = message.type === CLIENT_FLIGHT[this.#received.length] ? this.#readMessage(message) : 'not-authentic';
		if (refusal === undefined) this.#received.push(encodeMessage(message));
		else this.#forgetClientFlight(refusal);
	}

	#readMessage(message: HandshakeMessage): HandshakeRefusal | undefined {
		switch (message.type) {
			case HandshakeType.certificate:
				this.#leaf = parseLeafCertificate(message.body);
				return this.#leaf === undefined ? 'no-certificate' : undefined;
			case HandshakeType.clientKeyExchange:
				this.#clientKey = parseClientKeyExchange(message.body);
				return this.#clientKey === undefined ? 'not-authentic' : undefined;
			default:
				return this.#proveCertificate(message.body);
		}
	}

	/**
	 * Without this a peer could show a certificate that is not its own, and the fingerprint would prove nothing. The signature covers all
	 * that was said before, so it also tells which hello the flight follows: most likely the newest.
	 */
	#proveCertificate(body: Uint8Array): HandshakeRefusal | undefined {
		const proof = parseCertificateVerify(body);
		if (proof === undefined || this.#leaf === undefined || this.#clientKey === undefined) return 'not-authentic';
		const publicKey = publicKeyOf(this.#leaf);
		if (publicKey === undefined || !isAcceptableKey(publicKey)) {
			this.#proofs++;
			return publicKey === undefined ? 'no-certificate' : 'not-authentic';
		}
		for (const exchange of this.#exchanges.toReversed()) {
			if (this.isExhausted) break;
			this.#proofs++;
			const signed = Buffer.concat([exchange.transcript, ...this.#received]);
			if (!isSignedBy(publicKey, proof.scheme, signed, proof.signature)) continue;
			this.#proven = agreeOnKeys(exchange, this.#clientKey, signed);
			break;
		}
		return this.#proven === undefined ? 'not-authentic' : undefined;
	}
}

/** @param said the handshake's bytes up to and with the client's key */
function agreeOnKeys(exchange: Exchange, clientKey: Uint8Array, said: Uint8Array): ProvenExchange | undefined {
	const preMaster = exchange.ephemeral.agree(clientKey);
	if (preMaster === undefined) return undefined;
	const master = masterSecret(preMaster, exchange.randoms, exchange.agreement.extendedMasterSecret ? sha256(said) : undefined);
	return { ...exchange, master, cipher: new RecordCipher(recordKeys(master, exchange.randoms)) };
}

/** The hello is the client's first message, as it is asked for no cookie. */
function newHelloInbox(): HandshakeInbox {
	return new HandshakeInbox(0, 0);
}

function newFlightInbox(): HandshakeInbox {
	return new HandshakeInbox(FIRST_CLIENT_SEQUENCE, FINISHED_SEQUENCE - 1);
}

function isPieceOf(body: Uint8Array, fragment: HandshakeFragment): boolean {
	if (fragment.messageLength !== body.length) return false;
	return Buffer.compare(body.subarray(fragment.offset, fragment.offset + fragment.bytes.length), fragment.bytes) === 0;
}
