import type { CodecName, MediaKind } from '../rtp/codecs.ts';
import { applyAnswer } from './apply-answer.ts';
import { CodecComplaints } from './codec-complaints.ts';
import { describe } from './describe.ts';
import type { IceCredentials, MediaDescription, Publication } from './media-description.ts';
import { codecNotSupported, type NegotiationError, negotiationErrors } from './negotiation-errors.ts';
import { NumberBook } from './number-book.ts';
import { parseCandidate } from './parse-candidate.ts';
import { planAnswer } from './plan-answer.ts';
import { differs, planOffer } from './plan-offer.ts';
import { readRemote } from './read-remote.ts';
import type { RemoteDescription, RemoteTransport } from './remote-description.ts';
import { RetrySchedule } from './retry-schedule.ts';
import type { AgreedSection, Section } from './section.ts';
import { writeSessionText } from './session-text.ts';
import { writeAnswer } from './write-answer.ts';
import { writeIceFragment } from './write-ice-fragment.ts';
import { writeOffer } from './write-offer.ts';
import type { LocalTransport } from './write-session.ts';
import { acceptsAnswer, type OutstandingOffer, type YieldedOffer, yieldedOfferMs } from './yielded-offer.ts';

export interface PeerNegotiatorOptions {
	readonly role: 'broadcaster' | 'viewer' | 'room-peer';
	/** What this peer's media feeds; without it, and for viewers always, nothing that the peer sends is taken. */
	readonly ownPublication?: Publication;
	/** The server's credentials for this peer, known to the engine already. */
	readonly ice: IceCredentials;
	readonly makeIce: () => IceCredentials;
	/** SHA-256 digest of the server's certificate, hex pairs parted by colons. */
	readonly fingerprint: string;
	readonly candidates: LocalTransport['candidates'];
	/** Decimal digits, below 2^63 (RFC 8866 §5.2). */
	readonly sessionId: string;
	/** From 0 to 1; jitters retries. */
	readonly random: () => number;
}

/** What the caller must do, in the order given. */
export type Action =
	| { readonly type: 'send'; readonly event: 'offer' | 'answer' | 'error'; readonly data: string }
	| { readonly type: 'describe'; readonly description: MediaDescription }
	/** Tell the engine the new credentials; the old ones serve until a check comes for these. */
	| { readonly type: 'restart-ice'; readonly ice: IceCredentials }
	/** The client began anew with another RTCPeerConnection on the same socket: a new engine peer with these credentials. */
	| { readonly type: 'replace-transport'; readonly ice: IceCredentials }
	/** Offer and answer agree. */
	| { readonly type: 'negotiated' }
	/** No answer for 30 s: close the peer. Nothing comes from this negotiator any more. */
	| { readonly type: 'give-up'; readonly reason: 'no-answer' };

export interface Signal {
	readonly event: 'offer' | 'answer' | 'candidate';
	readonly data: string;
}

/** How long a settled negotiation may stay without an ICE check before one fresh offer is made. */
export const checkWaitMs = 2_000;
/** Offers whose answers may still come, and ufrags remembered; honest clients have one or two of each. */
const maxRemembered = 16;

/**
 * Offers and answers with one client: at most one offer of the server is outstanding, changes meanwhile go into the next.
 *
 * - An offer that only waits for its answer is never sent again: signaling is reliable and ordered, and a page that asks its user for the
 *   camera first, or makes a connection for every offer, would be hurt by a second one. An offer whose answer was refused, or
 *   that could not be delivered, is sent again with back-off, with the same sections and a new version.
 * - A client's offer always gets its answer at once; an outstanding offer of the server gives way (glare). Until the client's choice
 *   shows, by a check or by an answer, and for at most 2 s, further offers wait.
 *
 * Pure: `nowMs` is a monotonic time in milliseconds; every method returns what is to be done. After every call the caller sets its
 * timer by `nextTimeoutMs`.
 */
export class PeerNegotiator {
	readonly #options: PeerNegotiatorOptions;
	readonly #feeds: string | undefined;
	readonly #retry: RetrySchedule;
	readonly #complaints = new CodecComplaints();
	readonly #checkedUfrags = new Set<string>();
	#book = new NumberBook();
	#sendsAv1 = false;
	#publications: readonly Publication[] = [];
	#state: 'new' | 'started' | 'over' = 'new';
	#version = 0;
	#agreed: readonly AgreedSection[] = [];
	#remote: RemoteTransport | undefined;
	#connected = false;
	#ice: IceCredentials;
	/** Credentials of a restart that the engine knows and the client has not agreed to yet. */
	#nextIce: IceCredentials | undefined;
	#restartWanted = false;
	#outstanding: OutstandingOffer | undefined;
	#yielded: YieldedOffer | undefined;
	#owedAnswers = 0;
	#holdUntilMs: number | undefined;
	#freshOfferAtMs: number | undefined;
	#freshOfferMade = false;
	#candidatesSeen = 0;

	constructor(options: PeerNegotiatorOptions) {
		this.#options = options;
		this.#feeds = options.role === 'viewer' ? undefined : options.ownPublication?.publicationId;
		this.#ice = options.ice;
		this.#retry = new RetrySchedule(options.random);
	}

	/** Well-formed candidates (and ends of candidates) that came. */
	get candidatesSeen(): number {
		return this.#candidatesSeen;
	}

	/** The client's ufrag as it told it last. */
	get remoteUfrag(): string | undefined {
		return this.#remote?.ufrag;
	}

	/** The server's credentials that the client was told last. */
	get ice(): IceCredentials {
		return this.#ice;
	}

	/**
	 * Makes the first offer, unless the client's own came before. For a client that makes every offer itself it is never called: until then
	 * the server makes none, whatever changes.
	 */
	start(nowMs: number): Action[] {
		if (this.#state !== 'new') return [];
		this.#state = 'started';
		return this.#agreed.length > 0 ? this.#offerIfNeeded(nowMs) : [this.#sendOffer(this.#plan(), nowMs)];
	}

	/** Says what the client should receive now. A broadcaster receives nothing, nobody receives what it feeds itself. */
	setPublications(list: readonly Publication[], nowMs: number): Action[] {
		if (this.#options.role !== 'broadcaster') this.#publications = list.filter(({ publicationId }) => publicationId !== this.#feeds);
		this.#complaints.keep(new Set(this.#publications.map(({ publicationId }) => publicationId)));
		return this.#offerIfNeeded(nowMs);
	}

	/** Takes an event of the client. */
	receive(signal: Signal, nowMs: number): Action[] {
		if (this.#state === 'over') return [];
		switch (signal.event) {
			case 'offer':
				return this.#onOffer(signal.data, nowMs);
			case 'answer':
				return this.#onAnswer(signal.data, nowMs);
			case 'candidate': {
				const candidate = parseCandidate(signal.data);
				if (!candidate.ok) return [refusal(candidate.error)];
				this.#candidatesSeen += 1;
				return [];
			}
		}
	}

	/** The engine saw the first authenticated check that names this ufrag of the client. */
	iceCheck(remoteUfrag: string, nowMs: number): Action[] {
		for (const oldest of this.#checkedUfrags) {
			if (this.#checkedUfrags.size < maxRemembered) break;
			if (oldest !== this.#remote?.ufrag) this.#checkedUfrags.delete(oldest);
		}
		this.#checkedUfrags.add(remoteUfrag);
		if (remoteUfrag === this.#remote?.ufrag) this.#freshOfferAtMs = undefined;
		if (remoteUfrag === this.#yielded?.clientUfrag) this.#holdUntilMs = undefined;
		return this.#offerIfNeeded(nowMs);
	}

	/** ICE and DTLS are up. */
	connected(nowMs: number): Action[] {
		this.#connected = true;
		this.#freshOfferAtMs = undefined;
		this.#holdUntilMs = undefined;
		return this.#offerIfNeeded(nowMs);
	}

	/**
	 * The engine saw what a source sends. Clients that cannot play it are told once for each section; the client that sends AV1 is asked for
	 * its dependency descriptor.
	 */
	codecInUse(publicationId: string, kind: MediaKind, codec: CodecName, nowMs: number): Action[] {
		if (publicationId === this.#feeds && kind === 'video') {
			this.#sendsAv1 = codec === 'AV1';
			return this.#offerIfNeeded(nowMs);
		}
		if (this.#state === 'over' || !this.#publications.some((publication) => publication.publicationId === publicationId)) return [];
		this.#complaints.set(publicationId, kind, codec);
		return this.#complain();
	}

	/** Restarts ICE: new credentials and an offer with them, as soon as no other is outstanding. */
	restart(nowMs: number): Action[] {
		this.#restartWanted = true;
		return this.#offerIfNeeded(nowMs);
	}

	/**
	 * The client restarts ICE by its new credentials alone, without an offer (RFC 9725 §4.3.3): the server's are new too, everything else
	 * stays as agreed. Credentials that are known already (a repeated request) change nothing.
	 */
	restartedByClient({ ufrag, pwd }: IceCredentials, nowMs: number): Action[] {
		if (this.#state === 'over' || this.#remote === undefined || ufrag === this.#remote.ufrag) return [];
		return [...this.#restartByClient(), ...this.#becomeStable({ ...this.#remote, ufrag, pwd }, [], nowMs)];
	}

	/** The ICE session as the client was told it last, in the form of an SDP fragment. */
	iceFragment(): string {
		const tagged = this.#agreed.find(({ section }) => !section.rejected);
		return writeIceFragment({ ice: this.#ice, candidates: this.#options.candidates }, tagged?.section);
	}

	/** The outstanding offer did not reach the client: it is sent again with back-off. */
	undelivered(nowMs: number): void {
		if (this.#outstanding !== undefined) this.#retry.failed(nowMs);
	}

	/** Does what is due. */
	tick(nowMs: number): Action[] {
		if (this.#state !== 'started') return [];
		if (due(this.#retry.giveUpAtMs, nowMs)) {
			this.#state = 'over';
			return [{ type: 'give-up', reason: 'no-answer' }];
		}
		if (this.#outstanding !== undefined && due(this.#retry.retryAtMs, nowMs)) {
			return [this.#sendOffer(this.#outstanding.sections, nowMs)];
		}
		if (due(this.#holdUntilMs, nowMs)) this.#holdUntilMs = undefined;
		const freshOfferDue = this.#outstanding === undefined && due(this.#freshOfferAtMs, nowMs);
		if (freshOfferDue) this.#freshOfferMade = true;
		const needed = this.#offerIfNeeded(nowMs);
		return freshOfferDue && needed.length === 0 ? [this.#sendOffer(this.#plan(), nowMs)] : needed;
	}

	/** When `tick` has something to do next, on the clock of `nowMs`. */
	nextTimeoutMs(): number | undefined {
		if (this.#state !== 'started') return undefined;
		const times = [this.#retry.giveUpAtMs, this.#retry.retryAtMs, this.#holdUntilMs, this.#freshOfferAtMs];
		return times.reduce((soonest, time) => (soonest === undefined || (time !== undefined && time < soonest) ? time : soonest));
	}

	#onAnswer(data: string, nowMs: number): Action[] {
		const read = readRemote(data, 'answer');
		if (!read.ok) return this.#refuseAnswer(read.error, nowMs);
		const answer = read.value.description;
		const expected = this.#owedAnswers > 0;
		if (expected) this.#owedAnswers -= 1;

		let error: NegotiationError = 'unexpected-answer';
		if (this.#outstanding !== undefined) {
			const applied = applyAnswer(this.#outstanding.sections, answer);
			if (applied.ok) return this.#settle(this.#outstanding, applied.value, answer, nowMs);
			error = applied.error;
		}
		if (this.#yielded !== undefined) {
			const yielded = this.#yielded;
			const applied = applyAnswer(yielded.sections, answer);
			if (applied.ok) {
				this.#yielded = undefined;
				const accepted = acceptsAnswer(yielded, answer.transport?.ufrag, this.#checkedUfrags, nowMs);
				return accepted ? this.#settle(yielded, applied.value, answer, nowMs) : [];
			}
		}
		// A late answer to an earlier sending of an offer that is settled by now.
		if (this.#outstanding === undefined && expected) return [];
		return this.#refuseAnswer(error, nowMs);
	}

	#refuseAnswer(error: NegotiationError, nowMs: number): Action[] {
		if (this.#outstanding !== undefined) this.#retry.failed(nowMs);
		return [refusal(error)];
	}

	#settle(offer: OutstandingOffer, sections: readonly AgreedSection[], answer: RemoteDescription, nowMs: number): Action[] {
		if (this.#established() && this.#fingerprintChanges(answer)) {
			// The client answered with another RTCPeerConnection than the one that is connected: begin anew, under fresh credentials.
			return [this.#replaceTransport(), this.#sendOffer(this.#plan(), nowMs)];
		}
		this.#ice = offer.ice;
		if (this.#nextIce === offer.ice) this.#nextIce = undefined;
		this.#yielded = undefined;
		this.#agreed = sections;
		this.#book = offer.book;
		return this.#becomeStable(answer.transport, [], nowMs);
	}

	#onOffer(data: string, nowMs: number): Action[] {
		const read = readRemote(data, 'offer');
		if (!read.ok) return [refusal(read.error)];
		const { form, description: offer } = read.value;
		const actions: Action[] = [];
		const continues = continuesSession(this.#agreed, offer);
		if (this.#fingerprintChanges(offer) || (this.#established() && !continues)) actions.push(this.#replaceTransport());
		else if (!continues) this.#agreed = [];
		else if (this.#established() && offer.transport !== undefined && offer.transport.ufrag !== this.#remote?.ufrag) {
			actions.push(...this.#restartByClient());
		}

		this.#yielded =
			this.#outstanding === undefined
				? this.#yielded
				: { ...this.#outstanding, clientUfrag: offer.transport?.ufrag, untilMs: nowMs + yieldedOfferMs };
		if (this.#outstanding !== undefined) this.#holdUntilMs = nowMs + checkWaitMs;
		this.#book = new NumberBook(offer);
		const plan = planAnswer({ offer, agreed: this.#agreed, feeds: this.#feeds, wanted: this.#publications });
		this.#agreed = plan.sections;
		this.#version += 1;
		const sdp = writeAnswer(this.#options.sessionId, this.#version, this.#transport(this.#ice), plan.sections, offer.bundled);
		const reply: Action[] = [
			{ type: 'send', event: 'answer', data: writeSessionText('answer', sdp, form) },
			...plan.unsupported.map((name): Action => ({ type: 'send', event: 'error', data: codecNotSupported(name) })),
		];
		return [...actions, ...this.#becomeStable(offer.transport, reply, nowMs)];
	}

	#becomeStable(transport: RemoteTransport | undefined, reply: readonly Action[], nowMs: number): Action[] {
		this.#outstanding = undefined;
		this.#retry.succeeded();
		this.#remote = transport ?? this.#remote;
		const actions: Action[] = [];
		if (this.#remote !== undefined) actions.push({ type: 'describe', description: describe(this.#remote, this.#agreed) });
		actions.push(...reply, { type: 'negotiated' }, ...this.#complain());
		const waitsForCheck = transport !== undefined && !this.#checkedUfrags.has(transport.ufrag) && !this.#freshOfferMade;
		this.#freshOfferAtMs = waitsForCheck ? nowMs + checkWaitMs : undefined;
		return [...actions, ...this.#offerIfNeeded(nowMs)];
	}

	#offerIfNeeded(nowMs: number): Action[] {
		if (this.#state !== 'started' || this.#outstanding !== undefined || this.#holdUntilMs !== undefined) return [];
		const plan = this.#plan();
		if (!this.#restartWanted && this.#nextIce === undefined && !differs(plan, this.#agreed)) return [];
		if (!this.#restartWanted) return [this.#sendOffer(plan, nowMs)];
		const restart = this.#prepareRestart();
		return [restart, this.#sendOffer(plan, nowMs)];
	}

	#plan(): readonly Section[] {
		return planOffer({ agreed: this.#agreed, feeds: this.#feeds, wanted: this.#publications, sendsAv1: this.#sendsAv1, book: this.#book });
	}

	#sendOffer(sections: readonly Section[], nowMs: number): Action {
		const ice = this.#nextIce ?? this.#ice;
		this.#version += 1;
		this.#outstanding = { sections, ice, book: this.#book };
		this.#owedAnswers = Math.min(this.#owedAnswers + 1, maxRemembered);
		this.#holdUntilMs = undefined;
		this.#freshOfferAtMs = undefined;
		this.#retry.offered(nowMs);
		const sdp = writeOffer(this.#options.sessionId, this.#version, this.#transport(ice), sections);
		return { type: 'send', event: 'offer', data: writeSessionText('offer', sdp, 'json') };
	}

	#transport(ice: IceCredentials): LocalTransport {
		return { ice, fingerprint: this.#options.fingerprint, candidates: this.#options.candidates };
	}

	#prepareRestart(): Action {
		this.#restartWanted = false;
		this.#freshOfferMade = false;
		this.#nextIce = this.#options.makeIce();
		return { type: 'restart-ice', ice: this.#nextIce };
	}

	/** RFC 8839 §4.4.1.1: an offer with a new ufrag restarts ICE; the answer brings new credentials too. */
	#restartByClient(): Action[] {
		const actions = this.#nextIce === undefined ? [this.#prepareRestart()] : [];
		this.#restartWanted = false;
		this.#ice = this.#nextIce ?? this.#ice;
		this.#nextIce = undefined;
		return actions;
	}

	#replaceTransport(): Action {
		this.#ice = this.#options.makeIce();
		this.#nextIce = undefined;
		this.#restartWanted = false;
		this.#agreed = [];
		this.#remote = undefined;
		this.#connected = false;
		this.#outstanding = undefined;
		this.#yielded = undefined;
		this.#retry.succeeded();
		this.#holdUntilMs = undefined;
		this.#freshOfferAtMs = undefined;
		this.#freshOfferMade = false;
		this.#checkedUfrags.clear();
		this.#book = new NumberBook();
		this.#sendsAv1 = false;
		this.#complaints.forgetTold();
		return { type: 'replace-transport', ice: this.#ice };
	}

	#established(): boolean {
		return this.#remote !== undefined && (this.#connected || this.#checkedUfrags.has(this.#remote.ufrag));
	}

	#fingerprintChanges({ transport }: RemoteDescription): boolean {
		if (this.#remote === undefined || transport === undefined) return false;
		return (
			this.#remote.fingerprint.algorithm !== transport.fingerprint.algorithm ||
			this.#remote.fingerprint.value !== transport.fingerprint.value
		);
	}

	#complain(): Action[] {
		return this.#complaints.due(this.#agreed).map((name) => ({ type: 'send', event: 'error', data: codecNotSupported(name) }));
	}
}

function refusal(error: NegotiationError): Action {
	return { type: 'send', event: 'error', data: negotiationErrors[error] };
}

function due(timeMs: number | undefined, nowMs: number): boolean {
	return timeMs !== undefined && nowMs >= timeMs;
}

/** RFC 9429 §5.2.2: an offer within a session keeps the earlier sections, in order; only rejected ones may be put to another use. */
function continuesSession(agreed: readonly AgreedSection[], offer: RemoteDescription): boolean {
	return agreed.every(({ section }, index) => {
		const remote = offer.sections[index];
		return remote !== undefined && (section.rejected || remote.rejected || !remote.midGiven || remote.mid === section.mid);
	});
}
