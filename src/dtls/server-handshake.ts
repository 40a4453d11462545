import { randomBytes, timingSafeEqual, X509Certificate } from 'node:crypto';
import { SRTP_PROFILES, type SrtpProfile } from '../srtp/profile.ts';
import type { DtlsCertificate } from './certificate.ts';
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
import { isSignedBy } from './signature.ts';

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

const CLIENT_FLIGHT = [HandshakeType.certificate, HandshakeType.clientKeyExchange, HandshakeType.certificateVerify] as const;
const FIRST_CLIENT_SEQUENCE = 1;
const FINISHED_SEQUENCE = FIRST_CLIENT_SEQUENCE + CLIENT_FLIGHT.length;

/**
 * A full DTLS 1.2 handshake seen from the server: RFC 6347 4.2.4, RFC 5246 7.3. Takes messages, gives flights; records, timers and
 * retransmission are the session's.
 *
 * Until the client's Finished, anybody who can write to the socket can put in a message. So a message that turns out wrong never
 * ends the handshake: what the client sent so far is forgotten, and its next retransmission is a new attempt.
 */
export class ServerHandshake {
	readonly #certificate: DtlsCertificate;
	readonly #srtpProfiles: readonly SrtpProfile[];
	#helloInbox = new HandshakeInbox(0);
	#inbox = new HandshakeInbox(FIRST_CLIENT_SEQUENCE);
	#exchange: Exchange | undefined;
	#received: Uint8Array[] = [];
	#leaf: Uint8Array | undefined;
	#master: Uint8Array | undefined;
	#cipher: RecordCipher | undefined;
	#isDoubted = false;
	#attempts = 0;
	#refusal: HandshakeRefusal = 'no-hello';

	constructor(certificate: DtlsCertificate, srtpProfiles: readonly SrtpProfile[]) {
		this.#certificate = certificate;
		this.#srtpProfiles = srtpProfiles;
	}

	/** The cipher of epoch 1, from the client's CertificateVerify on. */
	get cipher(): RecordCipher | undefined {
		return this.#cipher;
	}

	/** Why it is not finished. */
	get refusal(): HandshakeRefusal {
		return this.#refusal;
	}

	/** How often public-key work was done for this peer, for whoever bounds it. */
	get attempts(): number {
		return this.#attempts;
	}

	/** Takes a piece that came in clear. Returns the flight to send, when it completes a hello or repeats a piece of the one answered. */
	acceptFragment(fragment: HandshakeFragment, nowMs: number): readonly HandshakeMessage[] | undefined {
		if (fragment.type === HandshakeType.clientHello) return this.#acceptHello(fragment, nowMs);
		// What comes after the client's clear messages comes sealed: a clear one with such a number is no part of any handshake.
		if (this.#exchange === undefined || fragment.sequence >= FINISHED_SEQUENCE) return undefined;
		if (this.#isDoubted) this.#forgetClientFlight('not-authentic');
		this.#inbox.add(fragment, nowMs);
		for (let message = this.#inbox.take(); message !== undefined; message = this.#inbox.take())
			this.#acceptMessage(this.#exchange, message);
		return undefined;
	}

	/** Takes the clear payload of a record of epoch 1. Returns the server's Finished when the client's is right. */
	acceptFinished(payload: Uint8Array): { readonly finished: HandshakeMessage; readonly result: HandshakeResult } | undefined {
		const [fragment] = parseFragments(payload);
		if (this.#exchange === undefined || this.#master === undefined || this.#leaf === undefined || fragment === undefined) return undefined;
		if (fragment.type !== HandshakeType.finished || fragment.sequence !== FINISHED_SEQUENCE) return undefined;
		const expected = verifyData(this.#master, 'client', sha256(this.#exchange.transcript, ...this.#received));
		if (fragment.bytes.length !== expected.length || !timingSafeEqual(fragment.bytes, expected)) {
			this.#forgetClientFlight('not-authentic');
			return undefined;
		}
		this.#received.push(encodeMessage({ type: fragment.type, sequence: fragment.sequence, body: fragment.bytes }));
		const body = verifyData(this.#master, 'server', sha256(this.#exchange.transcript, ...this.#received));
		const { agreement, randoms, flight } = this.#exchange;
		const { keyLength, saltLength } = SRTP_PROFILES[agreement.srtpProfile];
		return {
			finished: { type: HandshakeType.finished, sequence: flight.length, body },
			result: {
				srtpProfile: agreement.srtpProfile,
				srtpKeys: srtpMasterKeys(this.#master, randoms, keyLength, saltLength),
				remoteCertificate: this.#leaf,
			},
		};
	}

	/**
	 * A Finished came that does not open. Either it was forged or what came before it was; the client knows, and repeats its flight if
	 * the flight is what was wrong. Only then is it read anew.
	 */
	doubtClientFlight(): void {
		this.#isDoubted = this.#cipher !== undefined;
	}

	/** Something in the client's flight was wrong: all of it is to come again. */
	#forgetClientFlight(refusal: HandshakeRefusal): void {
		this.#isDoubted = false;
		this.#inbox = new HandshakeInbox(FIRST_CLIENT_SEQUENCE);
		this.#received = [];
		this.#leaf = undefined;
		this.#master = undefined;
		this.#cipher = undefined;
		this.#refusal = refusal;
	}

	#acceptHello(fragment: HandshakeFragment, nowMs: number): readonly HandshakeMessage[] | undefined {
		const answered = this.#exchange?.hello;
		const repeats = answered !== undefined && isPieceOf(answered, fragment);
		this.#helloInbox.add(fragment, nowMs);
		const message = this.#helloInbox.take();
		if (message === undefined) return repeats ? this.#exchange?.flight : undefined;
		this.#helloInbox = new HandshakeInbox(0);
		if (answered !== undefined && Buffer.compare(message.body, answered) === 0) return this.#exchange?.flight;
		// Another hello replaces the first only while its sender has gone no further: a forged one must not undo what is under way.
		if (this.#received.length > 0) return undefined;
		return this.#answer(message);
	}

	#answer(message: HandshakeMessage): readonly HandshakeMessage[] | undefined {
		const hello = parseClientHello(message.body);
		const agreement = hello && negotiate(hello, this.#srtpProfiles);
		if (hello === undefined || agreement === undefined) {
			if (this.#exchange === undefined) this.#refusal = 'nothing-in-common';
			return undefined;
		}
		this.#attempts++;
		const randoms = { client: hello.random, server: randomBytes(32) };
		const ephemeral = createEphemeralKey(agreement.group);
		const { der, privateKey } = this.#certificate;
		const flight = buildServerFlight({ agreement, randoms, ephemeral, certificate: der, privateKey });
		const transcript = Buffer.concat([message, ...flight].map(encodeMessage));
		this.#exchange = { hello: message.body, agreement, randoms, ephemeral, flight, transcript };
		this.#forgetClientFlight('incomplete');
		return flight;
	}

	#acceptMessage(exchange: Exchange, message: HandshakeMessage): void {
		const before = Buffer.concat([exchange.transcript, ...this.#received]);
		const encoded = encodeMessage(message);
		const refusal =
			message.type === CLIENT_FLIGHT[this.#received.length]
				? this.#readMessage(exchange, message, before, Buffer.concat([before, encoded]))
				: 'not-authentic';
		if (refusal === undefined) this.#received.push(encoded);
		else this.#forgetClientFlight(refusal);
	}

	/** @param before, including: the handshake's bytes up to this message, without and with it */
	#readMessage(exchange: Exchange, message: HandshakeMessage, before: Uint8Array, including: Uint8Array): HandshakeRefusal | undefined {
		switch (message.type) {
			case HandshakeType.certificate:
				this.#leaf = parseLeafCertificate(message.body);
				return this.#leaf === undefined ? 'no-certificate' : undefined;
			case HandshakeType.clientKeyExchange:
				return this.#agreeOnSecret(exchange, message.body, including) ? undefined : 'not-authentic';
			default:
				return this.#proveCertificate(exchange, message.body, before);
		}
	}

	#agreeOnSecret(exchange: Exchange, body: Uint8Array, including: Uint8Array): boolean {
		this.#attempts++;
		const publicKey = parseClientKeyExchange(body);
		const preMaster = publicKey && exchange.ephemeral.agree(publicKey);
		if (preMaster === undefined) return false;
		const sessionHash = exchange.agreement.extendedMasterSecret ? sha256(including) : undefined;
		this.#master = masterSecret(preMaster, exchange.randoms, sessionHash);
		return true;
	}

	/** Without this a peer could show a certificate that is not its own, and the fingerprint would prove nothing. */
	#proveCertificate(exchange: Exchange, body: Uint8Array, before: Uint8Array): HandshakeRefusal | undefined {
		const proof = parseCertificateVerify(body);
		const publicKey = this.#leaf && publicKeyOf(this.#leaf);
		if (publicKey === undefined) return 'no-certificate';
		if (this.#master === undefined || proof === undefined || !isSignedBy(publicKey, proof.scheme, before, proof.signature))
			return 'not-authentic';
		this.#cipher = new RecordCipher(recordKeys(this.#master, exchange.randoms));
		return undefined;
	}
}

function publicKeyOf(certificate: Uint8Array) {
	try {
		return new X509Certificate(certificate).publicKey;
	} catch {
		return undefined;
	}
}

function isPieceOf(body: Uint8Array, fragment: HandshakeFragment): boolean {
	if (fragment.messageLength !== body.length) return false;
	return Buffer.compare(body.subarray(fragment.offset, fragment.offset + fragment.bytes.length), fragment.bytes) === 0;
}
