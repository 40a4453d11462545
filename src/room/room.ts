import type { SignalState } from '../registry/help-request.ts';
import type { CodecName, MediaKind } from '../rtp/codecs.ts';
import { broadcasterToDisplace, viewerToDisplace } from './displacement.ts';
import { type Offerer, Peer, type PeerRole } from './peer.ts';
import type { PeerEnding } from './peer-ending.ts';
import type { PublicationListener, RoomContext } from './room-context.ts';
import { roomTag, streamIdOf } from './room-names.ts';
import type { RoomPublication } from './room-publication.ts';
import { RoomPublications } from './room-publications.ts';
import type { CountSocket, SignalSocket } from './signal-socket.ts';
import { sendV2, signalBack, signalLost, type V2Event } from './v2-events.ts';

export type RoomKind = 'duress' | 'legacy';

export interface RoomOptions {
	readonly context: RoomContext;
	readonly roomId: string;
	readonly kind: RoomKind;
	/** Called when somebody has come or gone. */
	readonly onPopulation: (room: Room) => void;
}

/**
 * The people around one stream, or in one legacy room. Broadcasters take turns at one publication, which outlives each of them;
 * every legacy peer brings one of its own. Everybody but a broadcaster receives all that are not its own.
 */
export class Room implements PublicationListener {
	readonly roomId: string;
	readonly streamId: string;
	/** Its name in the log. */
	readonly tag: string;
	readonly #context: RoomContext;
	readonly #onPopulation: (room: Room) => void;
	readonly #peers = new Map<string, Peer>();
	readonly #peersByToken = new Map<string, Peer>();
	readonly #publications: RoomPublications;
	readonly #counters = new Set<CountSocket>();
	#kind: RoomKind;
	/** What broadcasters feed: as long as the room in a duress room, as long as there is a broadcaster in a legacy room. */
	#stage: RoomPublication | undefined;
	#helper: string | undefined;
	#arrivals = 0;
	#cancelStatus: (() => void) | undefined;
	#closed = false;

	constructor(options: RoomOptions) {
		this.#context = options.context;
		this.roomId = options.roomId;
		this.streamId = streamIdOf(options.roomId);
		this.tag = roomTag(options.roomId);
		this.#kind = options.kind;
		this.#onPopulation = options.onPopulation;
		this.#publications = new RoomPublications(options.context, this, this.roomId);
		if (options.kind === 'duress') this.#stage = this.#publications.open();
	}

	get kind(): RoomKind {
		return this.#kind;
	}

	/** Peer connections in the room, broadcasters and parked ones too. */
	get peerCount(): number {
		return this.#peers.size;
	}

	/** Peers that watch: all but the broadcasters. */
	get viewerCount(): number {
		return this.#peers.size - this.#having('broadcaster');
	}

	get isEmpty(): boolean {
		return this.#peers.size === 0 && this.#counters.size === 0;
	}

	/** Turns a legacy room into one that lasts. */
	keep(): void {
		this.#kind = 'duress';
		if (this.#stage !== undefined) return;
		this.#stage = this.#publications.open();
		this.#spreadPublications();
	}

	/** Whether one more of this role fits. A broadcaster always does, a viewer unless all that are there are connected: another gives way. */
	hasPlaceFor(role: PeerRole | 'counter'): boolean {
		const { limits } = this.#context;
		if (role === 'counter') return this.#counters.size < limits.countersPerRoom;
		if (role === 'viewer') return this.#having('viewer') < limits.viewersPerRoom || viewerToDisplace(this.#ofRole('viewer')) !== undefined;
		if (role === 'room-peer') return this.#having('room-peer') < limits.roomPeersPerRoom;
		return true;
	}

	/** Whether there is anything to receive, now or later, in sections that a client offers today. */
	get hasPublications(): boolean {
		return this.#publications.except(undefined).length > 0;
	}

	/** Takes a new client in: it gets its session (v2) and its first offer, unless it makes the offers, and the others hear of it. */
	join(role: PeerRole, socket: SignalSocket, offers: Offerer = 'server'): Peer {
		this.#makePlaceFor(role);
		const feeds = this.#feedFor(role);
		const peer = new Peer({
			context: this.#context,
			role,
			feeds,
			arrival: this.#arrivals++,
			roomTag: this.tag,
			roomId: this.roomId,
			socket,
			offers,
			onRemoved: (removed) => this.#forget(removed),
		});
		this.#peers.set(peer.peerId, peer);
		this.#peersByToken.set(peer.resumeToken, peer);
		this.#context.log.info({ room: this.tag, peer: peer.peerId, role, peers: this.peerCount }, 'peer joined');
		this.#greet(peer);
		peer.start(this.#publications.except(peer.feeds));
		if (role === 'broadcaster') {
			for (const other of this.#peers.values()) if (other !== peer) other.socket?.send('duress-alert', 'Duress stream triggered');
		}
		this.#tellState(peer);
		if (feeds !== undefined) this.#spreadPublications(peer);
		this.#populationChanged();
		return peer;
	}

	/** Whether a token names a peer of this role. */
	canResume(token: string, role: PeerRole): boolean {
		return this.#tokenHolder(token, role, 'server') !== undefined;
	}

	/** The peer without a socket of its own that this token names, if there is one of this role. */
	offering(token: string, role: PeerRole): Peer | undefined {
		return this.#tokenHolder(token, role, 'client');
	}

	/** Returns a client to the peer that its token names; undefined when there is none of its role. */
	resume(token: string, role: PeerRole, socket: SignalSocket): Peer | undefined {
		const peer = this.#tokenHolder(token, role, 'server');
		if (peer === undefined) return undefined;
		peer.resume(socket);
		this.#greet(peer);
		peer.catchUp(this.#publications.except(peer.feeds));
		this.#tellState(peer);
		return peer;
	}

	addCounter(counter: CountSocket): void {
		this.#counters.add(counter);
		this.#onPopulation(this);
	}

	removeCounter(counter: CountSocket): void {
		if (this.#counters.delete(counter)) this.#onPopulation(this);
	}

	/** Hands what came by HTTP to the sockets that have not completed a negotiation with the server. */
	relay(event: 'offer' | 'answer' | 'candidate', data: string): void {
		for (const peer of this.#peers.values()) if (!peer.hasNegotiated) peer.socket?.send(event, data, 'http');
	}

	setHelper(helper: string | undefined): void {
		if (this.#helper === helper) return;
		this.#helper = helper;
		this.#statusChanged();
	}

	/** A peer has begun to send, or changed its codec. */
	publicationLive(publicationId: string, peerId: string, kind: MediaKind, codec: CodecName): void {
		const publication = this.#publications.get(publicationId);
		const peer = this.#peers.get(peerId);
		if (publication === undefined || peer === undefined) return;
		publication.codecs.set(kind, codec);
		publication.feederId = peerId;
		for (const other of this.#peers.values()) {
			// A broadcaster that gives way to this one sends what it sends.
			if (other === peer || other.feeds !== publication) other.codecInUse(publicationId, kind, codec);
		}
		this.publicationBack(publicationId);
		if (publication !== this.#stage) return;
		for (const other of this.#ofRole('broadcaster')) if (other.arrival < peer.arrival) other.remove('replaced');
	}

	publicationLost(publicationId: string, silentMs: number): void {
		const { clock, limits } = this.#context;
		const publication = this.#publications.get(publicationId);
		publication?.missing(() => {
			const sinceMs = clock.wallMs() - silentMs;
			const since = Math.floor(sinceMs / 1000);
			const tell = (): void => {
				publication.lost(since);
				this.#tellReceivers(publication, signalLost(publication, since));
				this.#signalChanged(publication, 'lost', sinceMs);
			};
			return clock.setTimer(tell, Math.max(0, limits.signalLostMs - silentMs));
		});
	}

	publicationBack(publicationId: string): void {
		const publication = this.#publications.get(publicationId);
		const before = publication?.present();
		if (publication === undefined || before === 'live') return;
		if (before === 'lost') this.#tellReceivers(publication, signalBack(publication));
		this.#signalChanged(publication, 'live', this.#context.clock.wallMs());
	}

	/** Ends it for everybody. Twice is harmless. */
	close(ending: PeerEnding): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#cancelStatus?.();
		for (const peer of this.#peers.values()) peer.remove(ending);
		for (const counter of this.#counters) counter.close(1000, 'Session completed');
		this.#counters.clear();
		this.#publications.closeAll();
	}

	#tokenHolder(token: string, role: PeerRole, offers: Offerer): Peer | undefined {
		const peer = this.#peersByToken.get(token);
		return peer?.role === role && peer.offers === offers ? peer : undefined;
	}

	#feedFor(role: PeerRole): RoomPublication | undefined {
		if (role === 'viewer') return undefined;
		if (role === 'room-peer') return this.#publications.open();
		this.#stage ??= this.#publications.open();
		return this.#stage;
	}

	#spreadPublications(except?: Peer): void {
		for (const peer of this.#peers.values()) if (peer !== except) peer.setReceives(this.#publications.except(peer.feeds));
	}

	#having(role: PeerRole): number {
		let count = 0;
		for (const peer of this.#peers.values()) if (peer.role === role) count++;
		return count;
	}

	#ofRole(role: PeerRole): Peer[] {
		return [...this.#peers.values()].filter((peer) => peer.role === role);
	}

	#makePlaceFor(role: PeerRole): void {
		const { viewersPerRoom, broadcastersPerRoom } = this.#context.limits;
		if (role === 'viewer' && this.#having(role) >= viewersPerRoom) {
			viewerToDisplace(this.#ofRole(role))?.remove('displaced');
		} else if (role === 'broadcaster' && this.#having(role) >= broadcastersPerRoom) {
			const idle = this.#ofRole(role).filter((peer) => peer.peerId !== this.#stage?.feederId);
			broadcasterToDisplace(idle)?.remove('displaced');
		}
	}

	/** A peer has left: whatever it alone brought goes with it. */
	#forget(peer: Peer): void {
		this.#peers.delete(peer.peerId);
		this.#peersByToken.delete(peer.resumeToken);
		if (this.#closed) return;
		const { feeds } = peer;
		const stageIsOver = this.#kind === 'legacy' && feeds === this.#stage && this.#having('broadcaster') === 0;
		if (feeds !== undefined && (peer.role === 'room-peer' || stageIsOver)) {
			if (feeds === this.#stage) this.#stage = undefined;
			this.#publications.close(feeds);
			this.#spreadPublications();
		}
		this.#populationChanged();
	}

	#greet(peer: Peer): void {
		sendV2(peer.socket, { event: 'session', data: { resume: peer.resumeToken, peerId: peer.peerId } });
	}

	/** What a newcomer has to know besides its offer. */
	#tellState(peer: Peer): void {
		sendV2(peer.socket, this.#status());
		if (peer.role === 'broadcaster') return;
		for (const publication of this.#publications.except(peer.feeds)) {
			if (publication.lostSince !== undefined) sendV2(peer.socket, signalLost(publication, publication.lostSince));
		}
	}

	#tellReceivers(publication: RoomPublication, event: V2Event): void {
		for (const peer of this.#peers.values()) {
			if (peer.role !== 'broadcaster' && peer.feeds !== publication) sendV2(peer.socket, event);
		}
	}

	#signalChanged(publication: RoomPublication, state: SignalState, sinceMs: number): void {
		if (this.#kind === 'duress' && publication === this.#stage) this.#context.onSignal(this.roomId, { state, sinceMs });
	}

	#populationChanged(): void {
		this.#statusChanged();
		this.#onPopulation(this);
	}

	#status(): V2Event {
		return { event: 'status', data: { viewers: this.viewerCount, helper: this.#helper ?? null } };
	}

	#statusChanged(): void {
		const { clock, limits } = this.#context;
		this.#cancelStatus ??= clock.setTimer(() => {
			this.#cancelStatus = undefined;
			const status = this.#status();
			for (const peer of this.#peers.values()) sendV2(peer.socket, status);
		}, limits.statusDelayMs);
	}
}
