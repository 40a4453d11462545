import { randomBytes } from 'node:crypto';
import { createIceCredentials } from '../../../src/ice/credentials.ts';
import type { RemoteAddress } from '../../../src/ice/path-table.ts';
import { buildStun } from '../../../src/stun/builder.ts';
import { iceControlling } from '../../../src/stun/ice-controlling.ts';
import { BINDING_METHOD, parseStun, type StunMessage } from '../../../src/stun/message.ts';
import { hasIntegrity } from '../../../src/stun/message-integrity.ts';
import { priority } from '../../../src/stun/priority.ts';
import { USE_CANDIDATE, useCandidate } from '../../../src/stun/use-candidate.ts';
import { username } from '../../../src/stun/username.ts';
import { xorMappedAddress } from '../../../src/stun/xor-mapped-address.ts';
import type { SinkOffer } from './sink-description.ts';

/** A host candidate's type preference over that of a peer-reflexive one: RFC 8445, section 5.1.2.1. */
const CHECK_PRIORITY = 0x6e001eff;

/** A check without an answer is repeated after this, then after twice as long each time: it may overtake the answer to the offer. */
const FIRST_REPEAT_MS = 50;
const LAST_REPEAT_MS = 1600;

export interface IceEvents {
	send(datagram: Uint8Array, to: RemoteAddress): void;
	/** The pair is chosen, and works: once. */
	onConnected(): void;
}

/**
 * The client's end of ICE with one candidate on each side. Towards an ICE-lite server it is controlling and nominates with each check.
 * Towards a full agent, which controls then, it is the lite one (RFC 8445, section 6.1.1) and only answers.
 */
export class IceEnd {
	readonly credentials = createIceCredentials(randomBytes);
	readonly #events: IceEvents;
	readonly #tieBreaker = randomBytes(8).readBigUInt64BE();
	#offer: SinkOffer | undefined;
	/** Where the server is. */
	remote: RemoteAddress | undefined;
	#connected = false;
	#timer: NodeJS.Timeout | undefined;

	constructor(events: IceEvents) {
		this.#events = events;
	}

	/** Begins with the server's offer. */
	start(offer: SinkOffer): void {
		this.#offer = offer;
		if (!offer.isLite) return;
		this.remote = offer.candidate;
		this.#checkUntilConnected(FIRST_REPEAT_MS);
	}

	/** Nothing is repeated any more. Twice is harmless. */
	close(): void {
		clearTimeout(this.#timer);
	}

	/** Asks for consent (RFC 7675); a full agent asks by itself. */
	check(): void {
		const { remote } = this;
		if (this.#offer?.isLite !== true || remote === undefined) return;
		const check = buildStun({
			method: BINDING_METHOD,
			messageClass: 'request',
			transactionId: randomBytes(12),
			attributes: [
				username(`${this.#offer.ufrag}:${this.credentials.ufrag}`),
				priority(CHECK_PRIORITY),
				iceControlling(this.#tieBreaker),
				useCandidate(),
			],
			integrityKey: this.#offer.pwd,
			fingerprint: true,
		});
		this.#events.send(check, remote);
	}

	receive(bytes: Uint8Array, length: number, from: RemoteAddress): void {
		const message = parseStun(bytes, length);
		if (message?.messageClass === 'request') this.#answer(message, from);
		else if (message?.messageClass === 'success' && this.#offer?.isLite === true) this.#connect();
	}

	#checkUntilConnected(repeatMs: number): void {
		this.check();
		this.#timer = setTimeout(() => this.#checkUntilConnected(Math.min(2 * repeatMs, LAST_REPEAT_MS)), repeatMs);
	}

	#answer(request: StunMessage, from: RemoteAddress): void {
		if (!hasIntegrity(request, this.credentials.pwd)) return;
		const { transactionId } = request;
		const response = buildStun({
			method: BINDING_METHOD,
			messageClass: 'success',
			transactionId,
			attributes: [xorMappedAddress(from, transactionId)],
			integrityKey: this.credentials.pwd,
			fingerprint: true,
		});
		this.#events.send(response, from);
		if (!request.attributes.some((attribute) => attribute.type === USE_CANDIDATE)) return;
		this.remote = { address: from.address, port: from.port };
		this.#connect();
	}

	#connect(): void {
		if (this.#connected) return;
		this.#connected = true;
		clearTimeout(this.#timer);
		this.#events.onConnected();
	}
}
