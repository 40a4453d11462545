import { AnsweringPeer } from './answering-peer.ts';
import { type JsonObject, parseObject, textOf } from './json.ts';
import { LastingSocket } from './lasting-socket.ts';
import { onNetworkChange } from './network-change.ts';
import { PathRepair } from './path-repair.ts';

export type LinkState =
	/** Before the first connection. */
	| 'connecting'
	/** Media can flow, and the server listens. */
	| 'connected'
	/** Media can flow, but the socket is lost; this link is trying to return to it. */
	| 'unattended'
	/** The media path is gone, and this link is trying again. */
	| 'reconnecting'
	/** Ended for good: the session is over. */
	| 'over'
	/** Ended for good: the same call goes on in another page. */
	| 'replaced';

/** Who else is there. */
export interface RoomStatus {
	readonly viewers: number;
	/** '' while nobody has taken the call. */
	readonly helper: string;
}

export interface LinkOptions {
	/** The WebSocket address that the server gave. */
	readonly url: string;
	/** What to publish; left out by viewers. */
	readonly stream?: MediaStream | undefined;
	/** Asked when the server lets this page in no more. False ends the link: the session is over. */
	readonly stillThere: () => Promise<boolean>;
	readonly onState: (state: LinkState) => void;
	/** What the other side sends, when it can be shown. */
	readonly onStream?: (stream: MediaStream) => void;
	/** Since when nothing comes from the caller, in Unix seconds; undefined when something does. */
	readonly onSignal?: (lostSince: number | undefined) => void;
	readonly onStatus?: (status: RoomStatus) => void;
}

/**
 * A lasting link to a room: a socket, and beside it a peer connection that answers the server's offers. They fail apart and are mended
 * apart: a lost socket comes back to a connection that has run on, a lost path is restarted over a socket that stands. Only when the
 * server knows this page no more does a new connection take over; the old one serves until then.
 */
export class Link {
	readonly #options: LinkOptions;
	readonly #socket: LastingSocket;
	readonly #repair = new PathRepair();
	readonly #stopListening: () => void;
	#peer: AnsweringPeer | undefined;
	#previousPeer: AnsweringPeer | undefined;
	/** Counts sockets' sessions: an answer belongs to the one that its offer came in. */
	#session = 0;
	#repairTimer: ReturnType<typeof setTimeout> | undefined;
	#state: LinkState | undefined;
	#ended = false;

	constructor(options: LinkOptions) {
		this.#options = options;
		this.#socket = new LastingSocket({
			url: options.url,
			stillThere: options.stillThere,
			onSession: (isResumed) => this.#begin(isResumed),
			onFrame: (event, data) => this.#receive(event, data),
			onLost: () => this.#look(),
			onEnd: (how) => this.#end(how),
		});
		this.#stopListening = onNetworkChange({
			changed: () => {
				this.#repair.networkChanged(performance.now());
				this.#socket.replace();
			},
			awake: () => this.#socket.hurry(),
		});
		this.#look();
	}

	/** Leaves the room. Twice is harmless; no state is reported afterwards. */
	close(): void {
		this.#ended = true;
		this.#stopListening();
		clearTimeout(this.#repairTimer);
		this.#socket.close();
		this.#peer?.close();
		this.#previousPeer?.close();
	}

	#end(how: 'over' | 'replaced'): void {
		if (this.#ended) return;
		this.close();
		this.#options.onState(how);
	}

	#begin(isResumed: boolean): void {
		this.#session += 1;
		if (isResumed && this.#peer !== undefined) this.#repair.socketReturned(performance.now());
		else this.#replacePeer();
		// A signal that is lost is told after this, one that came back meanwhile is not.
		this.#options.onSignal?.(undefined);
		this.#look();
	}

	#replacePeer(): void {
		this.#repair.reset();
		if (this.#peer !== undefined) {
			this.#previousPeer?.close();
			this.#previousPeer = this.#peer;
		}
		let streamToShow: MediaStream | undefined;
		const peer = new AnsweringPeer({
			stream: this.#options.stream,
			sendCandidate: (data) => {
				if (peer === this.#peer) this.#socket.send('candidate', data);
			},
			onState: (state) => {
				if (peer !== this.#peer) return;
				this.#repair.connectionState(state, performance.now());
				if (state === 'connected') {
					this.#previousPeer?.close();
					this.#previousPeer = undefined;
					if (streamToShow !== undefined) this.#options.onStream?.(streamToShow);
				}
				this.#look();
			},
			onFailed: () => {
				if (peer === this.#peer) this.#socket.renew();
			},
			onStream: (stream) => {
				streamToShow = stream;
				if (peer === this.#peer && (peer.isConnected || this.#previousPeer === undefined)) this.#options.onStream?.(stream);
			},
		});
		this.#peer = peer;
	}

	#receive(event: string, text: string): void {
		const data = parseObject(text);
		if (data === undefined) return;
		switch (event) {
			case 'offer':
				this.#answer(data);
				break;
			case 'candidate':
				this.#peer?.candidate(data);
				break;
			case 'signal-lost':
				this.#options.onSignal?.(numberOf(data, 'since'));
				break;
			case 'signal-back':
				this.#options.onSignal?.(undefined);
				break;
			case 'status':
				this.#options.onStatus?.({ viewers: numberOf(data, 'viewers') ?? 0, helper: textOf(data, 'helper') });
				break;
		}
	}

	#answer(offer: JsonObject): void {
		const session = this.#session;
		this.#peer?.offer(offer, (data) => {
			if (session === this.#session) this.#socket.send('answer', data);
		});
		this.#repair.offered(performance.now());
		this.#look();
	}

	/** Tells how things stand, when that is news, and sets the time of the next repair. */
	#look(): void {
		if (this.#ended) return;
		const state = this.#stateNow();
		if (state !== this.#state) {
			this.#state = state;
			this.#options.onState(state);
		}
		clearTimeout(this.#repairTimer);
		const { dueMs } = this.#repair;
		if (dueMs === Number.POSITIVE_INFINITY) return;
		this.#repairTimer = setTimeout(() => this.#mend(), Math.max(0, dueMs - performance.now()));
	}

	#stateNow(): LinkState {
		if (this.#peer?.isConnected || this.#previousPeer?.isConnected) return this.#socket.isOpen ? 'connected' : 'unattended';
		return this.#state === undefined || this.#state === 'connecting' ? 'connecting' : 'reconnecting';
	}

	#mend(): void {
		switch (this.#repair.remedy(performance.now(), this.#socket.isOpen)) {
			case 'restart':
				this.#socket.send('restart', '{}');
				break;
			case 'replace-socket':
				this.#socket.replace();
				break;
			case 'anew':
				this.#socket.renew();
				break;
		}
		this.#look();
	}
}

function numberOf(data: JsonObject, key: string): number | undefined {
	const value = data[key];
	return typeof value === 'number' ? value : undefined;
}
