import type { EngineSeat } from '../media/engine-port.ts';
import type { IceCredentials } from '../negotiation/media-description.ts';
import { type Action, PeerNegotiator, type Signal } from '../negotiation/peer-negotiator.ts';
import type { CodecName, MediaKind } from '../rtp/codecs.ts';
import { Alarm } from '../runtime/alarm.ts';
import type { Occupant } from './displacement.ts';
import { farewells, type PeerEnding } from './peer-ending.ts';
import { PeerLiveness } from './peer-liveness.ts';
import type { RoomContext, TransportFailure, TransportListener } from './room-context.ts';
import type { RoomPublication } from './room-publication.ts';
import type { SignalSocket } from './signal-socket.ts';
import { reconnect, sendV2 } from './v2-events.ts';

export type PeerRole = 'broadcaster' | 'viewer' | 'room-peer';

/**
 * Who makes the offers of a connection. `client`: the server answers and never offers itself; there is no way to it (WHIP, WHEP), and a
 * connection that is over is not begun anew.
 */
export type Offerer = 'server' | 'client';

export interface PeerOptions {
	readonly context: RoomContext;
	readonly role: PeerRole;
	/** What it feeds: the room's for a broadcaster, its own for a legacy peer, nothing for a viewer. */
	readonly feeds: RoomPublication | undefined;
	/** Its place in the order of arrival; the higher, the newer. */
	readonly arrival: number;
	/** The room's name in the log. */
	readonly roomTag: string;
	/** And towards the engine. */
	readonly roomId: string;
	readonly socket: SignalSocket;
	readonly offers: Offerer;
	/** Called once, after the peer has let go of everything. */
	readonly onRemoved: (peer: Peer) => void;
}

const endings: Readonly<Record<TransportFailure, PeerEnding>> = {
	dtls: 'failed',
	fingerprint: 'failed',
	'dtls-closed': 'left',
	'engine-lost': 'engine-lost',
};

/**
 * One client's connection: a signaling socket (which may be lost and return), a negotiation, a peer of the media engine (which is
 * replaced when the client starts over with a new RTCPeerConnection behind the same socket), and the time it has left.
 *
 * The negotiation's time stands still while there is no socket: nobody can answer then, and an unanswered offer must not cost a
 * client its running picture.
 */
export class Peer implements TransportListener, Occupant {
	readonly peerId: string;
	readonly resumeToken: string;
	readonly role: PeerRole;
	readonly feeds: RoomPublication | undefined;
	readonly arrival: number;
	readonly offers: Offerer;
	readonly #context: RoomContext;
	readonly #roomTag: string;
	readonly #roomId: string;
	readonly #onRemoved: (peer: Peer) => void;
	readonly #liveness: PeerLiveness;
	#socket: SignalSocket | undefined;
	#negotiator: PeerNegotiator;
	#engineId: string;
	#seat: EngineSeat;
	#transportCount = 0;
	#hasNegotiated = false;
	/** Publications it should receive; kept for a peer that is parked or starts over. */
	#receives: readonly RoomPublication[] = [];
	#parkedAtMs: number | undefined;
	#parkedTotalMs = 0;
	readonly #negotiationAlarm: Alarm;
	readonly #livenessAlarm: Alarm;
	#removed = false;

	constructor(options: PeerOptions) {
		const { context } = options;
		this.#context = context;
		this.peerId = context.entropy.hex(8);
		this.resumeToken = context.entropy.hex(16);
		this.role = options.role;
		this.feeds = options.feeds;
		this.arrival = options.arrival;
		this.offers = options.offers;
		this.#roomTag = options.roomTag;
		this.#roomId = options.roomId;
		this.#onRemoved = options.onRemoved;
		this.#socket = options.socket;
		const { limits } = context;
		const unconnectedMs = options.offers === 'client' ? limits.offeredUnconnectedMs : limits.unconnectedMs;
		this.#liveness = new PeerLiveness({ ...limits, unconnectedMs }, context.clock.nowMs());
		this.#negotiationAlarm = new Alarm(context.clock, () => void this.#run(this.#negotiator.tick(this.#negotiationMs())));
		this.#livenessAlarm = new Alarm(context.clock, () => this.remove('timed-out'));
		this.#seat = this.#takeSeat();
		[this.#negotiator, this.#engineId] = this.#openTransport();
	}

	get socket(): SignalSocket | undefined {
		return this.#socket;
	}

	get isRemoved(): boolean {
		return this.#removed;
	}

	/** Whether an offer and an answer have met: from then on descriptions of others would break a running picture. */
	get hasNegotiated(): boolean {
		return this.#hasNegotiated;
	}

	get isConnected(): boolean {
		return this.#liveness.isConnected;
	}

	get hasBeenConnected(): boolean {
		return this.#liveness.hasBeenConnected;
	}

	get isSilent(): boolean {
		return this.#liveness.isSilent;
	}

	/** Its socket is lost. */
	get isParked(): boolean {
		return this.#socket === undefined;
	}

	/** Sends the first offer, where the server is to make it. */
	start(receives: readonly RoomPublication[]): void {
		this.setReceives(receives);
		if (this.offers === 'server') this.#run(this.#negotiator.start(this.#negotiationMs()));
		this.#armLiveness();
	}

	/** What it should receive from now on. */
	setReceives(receives: readonly RoomPublication[]): void {
		this.#receives = receives;
		if (this.#socket === undefined || this.role === 'broadcaster') return;
		const publications = receives.map(({ publication }) => publication);
		this.#run(this.#negotiator.setPublications(publications, this.#negotiationMs()));
		for (const received of receives) this.#codecsOf(received);
	}

	/** Handles what the client signals. Returns false when it was told of an error in it. */
	receive(signal: Signal): boolean {
		return this.#run(this.#negotiator.receive(signal, this.#negotiationMs()));
	}

	/** The client asks for an ICE restart. */
	restart(): void {
		this.#run(this.#negotiator.restart(this.#negotiationMs()));
	}

	/** Names the current ICE session of this peer. */
	get iceTag(): string {
		return this.#negotiator.ice.ufrag;
	}

	/** The client's ufrag as it told it last. */
	get remoteUfrag(): string | undefined {
		return this.#negotiator.remoteUfrag;
	}

	/** The client restarts ICE without an offer. Returns the server's side of the new ICE session as an SDP fragment. */
	restartedByClient(credentials: IceCredentials): string {
		this.#run(this.#negotiator.restartedByClient(credentials, this.#negotiationMs()));
		return this.#negotiator.iceFragment();
	}

	/** Its socket is gone, media may go on. */
	park(): void {
		if (this.#removed || this.#socket === undefined) return;
		const nowMs = this.#context.clock.nowMs();
		this.#parkedAtMs = nowMs;
		this.#socket = undefined;
		this.#negotiationAlarm.set(undefined);
		this.#liveness.socketLost(nowMs);
		this.#armLiveness();
		this.#log('peer parked');
	}

	/** A new socket of the same client. One that still seemed open gives way. */
	resume(socket: SignalSocket): void {
		const before = this.#socket;
		if (before !== undefined) this.park();
		const nowMs = this.#context.clock.nowMs();
		this.#parkedTotalMs += nowMs - (this.#parkedAtMs ?? nowMs);
		this.#parkedAtMs = undefined;
		this.#socket = socket;
		this.#liveness.socketReturned(nowMs);
		this.#armLiveness();
		this.#log('peer resumed');
		before?.send('error', 'Replaced');
		before?.close(4409, 'Replaced');
	}

	/** Catches up with what a resumed client missed: the offer that was on its way when the socket was lost, and changes since. */
	catchUp(receives: readonly RoomPublication[]): void {
		this.#negotiator.undelivered(this.#negotiationMs());
		this.setReceives(receives);
		if (this.feeds?.feederId === this.peerId) this.#codecsOf(this.feeds);
		this.#armNegotiation();
	}

	/** Lets go of everything; `ending` decides what the socket hears. Twice is harmless. */
	remove(ending: PeerEnding): void {
		if (this.#removed) return;
		this.#removed = true;
		this.#negotiationAlarm.set(undefined);
		this.#livenessAlarm.set(undefined);
		this.#closeTransport();
		this.#log('peer removed', { ending });
		const socket = this.#socket;
		this.#socket = undefined;
		this.#onRemoved(this);
		const farewell = farewells[ending];
		if (socket === undefined || farewell === undefined) return;
		if (ending === 'engine-lost') sendV2(socket, reconnect(socket, this.#context.entropy.unit()));
		if (farewell.event !== undefined) socket.send(farewell.event, farewell.data ?? '');
		socket.close(farewell.code, farewell.reason);
	}

	/** What it sends itself, or what one of the publications it receives does. A parked peer hears of it when it returns. */
	codecInUse(publicationId: string, kind: MediaKind, codec: CodecName): void {
		if (this.#socket === undefined) return;
		this.#run(this.#negotiator.codecInUse(publicationId, kind, codec, this.#negotiationMs()));
	}

	#codecsOf({ publication, codecs }: RoomPublication): void {
		for (const [kind, codec] of codecs) this.codecInUse(publication.publicationId, kind, codec);
	}

	iceCheck(remoteUfrag: string): void {
		this.#run(this.#negotiator.iceCheck(remoteUfrag, this.#negotiationMs()));
	}

	connected(): void {
		this.#liveness.connected();
		this.#armLiveness();
		this.#log('peer connected');
		this.#run(this.#negotiator.connected(this.#negotiationMs()));
	}

	silent(): void {
		this.#liveness.silent(this.#context.clock.nowMs());
		this.#armLiveness();
		this.#log('peer silent');
	}

	back(): void {
		this.#liveness.back();
		this.#armLiveness();
		this.#log('peer back');
	}

	/**
	 * The engine has closed the transport. A client that closed its RTCPeerConnection (`dtls-closed`) but keeps its socket starts
	 * over with another one: it is offered a new transport. After a failure only a new socket, with everything new behind it, helps.
	 */
	failed(reason: TransportFailure): void {
		this.#log('peer transport failed', { reason });
		if (reason !== 'dtls-closed' || this.#socket === undefined || this.offers === 'client') {
			this.remove(endings[reason]);
			return;
		}
		this.#closeTransport();
		this.#seat = this.#takeSeat();
		[this.#negotiator, this.#engineId] = this.#openTransport();
		this.#liveness.renewed(this.#context.clock.nowMs());
		this.start(this.#receives);
	}

	#takeSeat(): EngineSeat {
		return this.#context.media.seat(this.#roomId, this.feeds === undefined ? 'watches' : 'feeds');
	}

	#openTransport(): [PeerNegotiator, string] {
		const { entropy } = this.#context;
		const { address } = this.#seat;
		const ice = entropy.iceCredentials();
		const negotiator = new PeerNegotiator({
			role: this.role,
			...(this.feeds === undefined ? {} : { ownPublication: this.feeds.publication }),
			ice,
			makeIce: () => entropy.iceCredentials(),
			fingerprint: address.fingerprint,
			candidates: address.candidates,
			sessionId: entropy.sessionId(),
			random: () => entropy.unit(),
		});
		return [negotiator, this.#openEnginePeer(ice)];
	}

	#openEnginePeer(ice: IceCredentials): string {
		const engineId = `${this.peerId}.${this.#transportCount++}`;
		this.#context.transports.set(engineId, this);
		this.#context.media.send({ type: 'open-peer', peerId: engineId, ice, group: this.#roomId, seat: this.#seat });
		return engineId;
	}

	#closeTransport(): void {
		this.#context.transports.delete(this.#engineId);
		this.#context.media.send({ type: 'close-peer', peerId: this.#engineId });
	}

	/** Carries out what the negotiation decided. Returns false when the client was told of an error. */
	#run(actions: readonly Action[]): boolean {
		const { media, clock } = this.#context;
		let accepted = true;
		for (const action of actions) {
			if (this.#removed) return accepted;
			switch (action.type) {
				case 'send':
					if (action.event === 'error') accepted = false;
					this.#socket?.send(action.event, action.data);
					break;
				case 'describe':
					media.send({ type: 'describe-peer', peerId: this.#engineId, description: action.description });
					break;
				case 'restart-ice':
					media.send({ type: 'restart-ice', peerId: this.#engineId, ice: action.ice });
					break;
				case 'replace-transport':
					this.#closeTransport();
					this.#engineId = this.#openEnginePeer(action.ice);
					this.#liveness.renewed(clock.nowMs());
					this.#armLiveness();
					break;
				case 'negotiated':
					this.#hasNegotiated = true;
					this.#liveness.negotiated(clock.nowMs());
					this.#armLiveness();
					break;
				case 'give-up':
					this.#log('negotiation given up', { reason: action.reason });
					this.remove('no-answer');
					break;
			}
		}
		this.#armNegotiation();
		return accepted;
	}

	#negotiationMs(): number {
		return (this.#parkedAtMs ?? this.#context.clock.nowMs()) - this.#parkedTotalMs;
	}

	#armNegotiation(): void {
		const dueMs = this.#socket === undefined || this.#removed ? undefined : this.#negotiator.nextTimeoutMs();
		this.#negotiationAlarm.set(dueMs === undefined ? undefined : dueMs + this.#parkedTotalMs);
	}

	#armLiveness(): void {
		this.#livenessAlarm.set(this.#removed ? undefined : this.#liveness.deadlineMs);
	}

	#log(message: string, more: Readonly<Record<string, unknown>> = {}): void {
		this.#context.log.info({ room: this.#roomTag, peer: this.peerId, role: this.role, ...more }, message);
	}
}
