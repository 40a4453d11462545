/**
 * An ICE-lite agent (RFC 8445, section 2.5): it answers connectivity checks and never sends any, so everything it does is a reaction to
 * a datagram. One for each peer; it holds no socket and no clock.
 *
 * Invariant: without the local password nothing but a short answer can be had from it, and no state changes. A check that was
 * authenticated before (a retransmission, or a captured one replayed from anywhere) is answered again and changes nothing either.
 */
import { MESSAGE_INTEGRITY, type StunAttribute } from '../stun/attribute.ts';
import { buildStun } from '../stun/builder.ts';
import { errorCode } from '../stun/error-code.ts';
import { hasFingerprint } from '../stun/fingerprint.ts';
import { ICE_CONTROLLED } from '../stun/ice-controlled.ts';
import { attributeOf, BINDING_METHOD, type StunMessage, unknownAttributesOf } from '../stun/message.ts';
import { hasIntegrity } from '../stun/message-integrity.ts';
import { PRIORITY } from '../stun/priority.ts';
import { unknownAttributes } from '../stun/unknown-attributes.ts';
import { hasUseCandidate, USE_CANDIDATE } from '../stun/use-candidate.ts';
import { USERNAME } from '../stun/username.ts';
import { xorMappedAddress } from '../stun/xor-mapped-address.ts';
import { checkUsernameOf } from './check-username.ts';
import type { IceCredentials } from './credentials.ts';
import { CONSENT_TIMEOUT_MS, type PathChange, PathTable, type RemoteAddress } from './path-table.ts';
import { TransactionLog } from './transaction-log.ts';

/** MESSAGE-INTEGRITY-SHA256 (RFC 8489, section 14.6): a peer may add it to MESSAGE-INTEGRITY, which is what ICE uses. */
const MESSAGE_INTEGRITY_SHA256 = 0x001c;

/** The comprehension-required attributes a check may carry without a 420. */
const KNOWN_ATTRIBUTES: ReadonlySet<number> = new Set([USERNAME, MESSAGE_INTEGRITY, MESSAGE_INTEGRITY_SHA256, PRIORITY, USE_CANDIDATE]);

/** Remote ufrags remembered to tell a new one: a peer has one, another for each ICE restart or second description. */
const MAX_REMOTE_UFRAGS = 16;

export type IceVerdict =
	/** A fresh authenticated check. */
	| 'accepted'
	/** Authentic, but seen before: answered, without any effect. */
	| 'repeated'
	/** Authentic, but the log of transactions is full: it renews consent from the selected address and has no other effect. */
	| 'exhausted'
	/** No binding request, or without a right FINGERPRINT: no answer. */
	| 'ignored'
	/** 400: no usable USERNAME, or no MESSAGE-INTEGRITY. */
	| 'bad-request'
	/** 401: a ufrag of nobody's, or the wrong password. */
	| 'unauthorized'
	/** 420. */
	| 'unknown-attribute'
	/** 487. */
	| 'role-conflict';

export interface IceOutcome {
	readonly verdict: IceVerdict;
	/** To be sent back to where the request came from. */
	readonly response: Uint8Array | undefined;
	/** The remote ufrag, when this is the first accepted check that names it. */
	readonly newRemoteUfrag: string | undefined;
	/** The former local ufrag, when this check ended its validity (ICE restart). */
	readonly retiredUfrag: string | undefined;
	/** Undefined when nothing was accepted. */
	readonly path: PathChange | undefined;
}

interface Generation {
	readonly credentials: IceCredentials;
	readonly transactions: TransactionLog;
}

export class IceLiteAgent {
	readonly #paths = new PathTable();
	readonly #remoteUfrags = new Set<string>();
	#current: Generation;
	/** Before an ICE restart, valid until a check arrives for the current one. */
	#former: Generation | undefined;
	#currentWasUsed = false;
	#lastCheckMs: number | undefined;

	constructor(local: IceCredentials) {
		this.#current = { credentials: local, transactions: new TransactionLog() };
	}

	/** The credentials for descriptions made from now on. */
	get local(): IceCredentials {
		return this.#current.credentials;
	}

	/** Where the server sends; undefined before the first authenticated check. */
	get selected(): RemoteAddress | undefined {
		return this.#paths.selected;
	}

	/** Every remembered remote address. */
	get addresses(): readonly RemoteAddress[] {
		return this.#paths.addresses;
	}

	/** When the last fresh authenticated check arrived. */
	get lastCheckMs(): number | undefined {
		return this.#lastCheckMs;
	}

	/** The log of this generation is nearly full: an ICE restart is due, before replays could not be told any more. */
	get isWorn(): boolean {
		return this.#current.transactions.isWorn;
	}

	/** May the server send to this peer? Yes from its first check on, until it is silent for {@link CONSENT_TIMEOUT_MS}. */
	hasConsent(nowMs: number): boolean {
		return this.#lastCheckMs !== undefined && nowMs - this.#lastCheckMs <= CONSENT_TIMEOUT_MS;
	}

	/** Did authentic checks or media come from here? Cheap enough for every packet. */
	isKnownAddress(address: string, port: number): boolean {
		return this.#paths.isKnown(address, port);
	}

	/**
	 * ICE restart (RFC 8445, section 9): a new generation. The path in use, and the credentials in use, stay until the peer's first check
	 * for the new ones.
	 * @returns a ufrag that is not valid any more, because a restart superseded it before any check used it
	 */
	restart(local: IceCredentials): string | undefined {
		let superseded: string | undefined;
		if (this.#former === undefined || this.#currentWasUsed) this.#former = this.#current;
		else superseded = this.#current.credentials.ufrag;
		this.#current = { credentials: local, transactions: new TransactionLog() };
		this.#currentWasUsed = false;
		return superseded;
	}

	/** An authentic, not replayed SRTP or SRTCP packet came from here. It confirms a nominated path and makes an unknown address known. */
	acceptMedia(from: RemoteAddress, nowMs: number): PathChange {
		return this.#paths.media(from, nowMs);
	}

	/** A STUN message for one of this agent's ufrags (RFC 8445, section 7.3; RFC 8489, sections 6.3 and 9.1.3). */
	handleRequest(message: StunMessage, from: RemoteAddress, nowMs: number): IceOutcome {
		// RFC 8489, 6.3: class and method, then the fingerprint. Keep-alive indications (RFC 8445, section 11) need no answer and prove nothing.
		if (message.messageClass !== 'request' || message.method !== BINDING_METHOD || !hasFingerprint(message))
			return withoutAnswer('ignored');

		// RFC 8489, 9.1.3: authentication. What is not authenticated is never answered with more bytes than it had.
		const username = checkUsernameOf(message);
		if (username === undefined || attributeOf(message, MESSAGE_INTEGRITY) === undefined) return refused('bad-request', message, 400);
		const generation = this.#generationOf(username.localUfrag);
		if (generation === undefined || !hasIntegrity(message, generation.credentials.pwd)) return refused('unauthorized', message, 401);
		const { pwd } = generation.credentials;

		// RFC 8489, 6.3.1: unknown attributes that must be understood.
		const unknown = unknownAttributesOf(message, KNOWN_ATTRIBUTES);
		if (unknown.length > 0) {
			const response = answer(message, 'error', [errorCode(420, 'Unknown Attribute'), unknownAttributes(unknown)], pwd);
			return { ...withoutAnswer('unknown-attribute'), response };
		}

		// RFC 8445, 7.3.1.1: role conflicts. A lite agent facing a full one is always controlled (section 6.1.1) and cannot switch: it has
		// no checks to nominate with. So it acts as if its tie-breaker were the smaller one, and the peer switches.
		if (attributeOf(message, ICE_CONTROLLED) !== undefined) {
			return { ...withoutAnswer('role-conflict'), response: answer(message, 'error', [errorCode(487, 'Role Conflict')], pwd) };
		}

		const response = answer(message, 'success', [xorMappedAddress(from, message.transactionId)], pwd);
		const novelty = generation.transactions.record(message.transactionId);
		if (novelty === 'seen') return { ...withoutAnswer('repeated'), response };
		if (novelty === 'full') {
			// Whether it is a replay cannot be told any more. Going on where the server sends anyway gives nothing away; moving could.
			if (this.#paths.renewSelected(from, nowMs)) this.#lastCheckMs = nowMs;
			return { ...withoutAnswer('exhausted'), response };
		}

		// RFC 8445, 7.3.1.3 to 7.3.2: learn the path, and take a nomination.
		this.#lastCheckMs = nowMs;
		return {
			verdict: 'accepted',
			response,
			newRemoteUfrag: this.#noteRemoteUfrag(username.remoteUfrag) ? username.remoteUfrag : undefined,
			retiredUfrag: generation === this.#current ? this.#retireFormer() : undefined,
			path: this.#paths.freshCheck(from, hasUseCandidate(message), nowMs),
		};
	}

	#generationOf(ufrag: string): Generation | undefined {
		if (ufrag === this.#current.credentials.ufrag) return this.#current;
		return ufrag === this.#former?.credentials.ufrag ? this.#former : undefined;
	}

	#retireFormer(): string | undefined {
		const retired = this.#former?.credentials.ufrag;
		this.#former = undefined;
		this.#currentWasUsed = true;
		return retired;
	}

	#noteRemoteUfrag(ufrag: string): boolean {
		if (this.#remoteUfrags.has(ufrag)) return false;
		if (this.#remoteUfrags.size >= MAX_REMOTE_UFRAGS) {
			for (const oldest of this.#remoteUfrags) {
				this.#remoteUfrags.delete(oldest);
				break;
			}
		}
		this.#remoteUfrags.add(ufrag);
		return true;
	}
}

function withoutAnswer(verdict: IceVerdict): IceOutcome {
	return { verdict, response: undefined, newRemoteUfrag: undefined, retiredUfrag: undefined, path: undefined };
}

function answer(message: StunMessage, messageClass: 'success' | 'error', attributes: readonly StunAttribute[], pwd: string): Uint8Array {
	const { method, transactionId } = message;
	return buildStun({ method, messageClass, transactionId, attributes, integrityKey: pwd, fingerprint: true });
}

/**
 * An error for somebody who has not shown to know the password: without MESSAGE-INTEGRITY (RFC 8489, section 9.1.3), the same for a wrong
 * ufrag as for a wrong password, and none at all where it would be longer than the request, whose source may be forged.
 */
function refused(verdict: IceVerdict, message: StunMessage, code: number): IceOutcome {
	const { method, transactionId } = message;
	const response = buildStun({ method, messageClass: 'error', transactionId, attributes: [errorCode(code)], fingerprint: true });
	return { ...withoutAnswer(verdict), response: response.length <= message.bytes.length ? response : undefined };
}
