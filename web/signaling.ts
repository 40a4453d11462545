import { AnsweringPeer } from './answering-peer.ts';
import { backOffMs } from './back-off.ts';
import { parseObject, textOf } from './json.ts';

/** The server's close code for a broadcaster whose place another page has taken. */
const replacedCode = 4409;

export type LinkState =
	/** Before the first connection. */
	| 'connecting'
	/** Media can flow. */
	| 'connected'
	/** The socket or the media path is gone, and this link is trying again. */
	| 'reconnecting'
	/** Ended for good: the session is over. */
	| 'over'
	/** Ended for good: the same call goes on in another page. */
	| 'replaced';

export interface LinkOptions {
	/** The WebSocket address that the server gave. */
	readonly url: string;
	/** What to publish; left out by viewers. */
	readonly stream?: MediaStream | undefined;
	/** Asked before each new try. False ends the link: the session is over. */
	readonly stillThere: () => Promise<boolean>;
	readonly onState: (state: LinkState) => void;
	/** What the other side sends, when it can be shown. */
	readonly onStream?: (stream: MediaStream) => void;
	/** False when the caller's signal was lost, true when it is back. */
	readonly onSignal?: (present: boolean) => void;
}

/**
 * A lasting link to a room: a socket, and on it a peer connection that answers the server's offers. When either fails, a new
 * socket with a new peer connection takes over; the old one serves until the new one is connected, so that a lost socket alone
 * does not interrupt the picture.
 */
export class Link {
	readonly #options: LinkOptions;
	#socket: WebSocket | undefined;
	#peer: AnsweringPeer | undefined;
	#previousPeer: AnsweringPeer | undefined;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#attempt = 0;
	#ended = false;
	readonly #hurry = (): void => {
		if (this.#retry !== undefined) void this.#tryAgain();
	};

	constructor(options: LinkOptions) {
		this.#options = options;
		addEventListener('online', this.#hurry);
		options.onState('connecting');
		this.#connect();
	}

	/** Leaves the room. Twice is harmless; no state is reported afterwards. */
	close(): void {
		this.#ended = true;
		removeEventListener('online', this.#hurry);
		clearTimeout(this.#retry);
		this.#socket?.close(1000);
		this.#peer?.close();
		this.#previousPeer?.close();
	}

	#end(state: 'over' | 'replaced'): void {
		if (this.#ended) return;
		this.close();
		this.#options.onState(state);
	}

	#connect(): void {
		const url = new URL(this.#options.url);
		url.searchParams.set('v', '2');
		const socket = new WebSocket(url);
		let streamToShow: MediaStream | undefined;
		const peer = new AnsweringPeer({
			stream: this.#options.stream,
			send: (event, data) => {
				if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ event, data }));
			},
			onConnected: () => {
				this.#attempt = 0;
				this.#previousPeer?.close();
				this.#previousPeer = undefined;
				if (streamToShow !== undefined) this.#options.onStream?.(streamToShow);
				this.#options.onState('connected');
			},
			onFailed: () => this.#lost(socket),
			onStream: (stream) => {
				streamToShow = stream;
				if (peer.isConnected || this.#previousPeer === undefined) this.#options.onStream?.(stream);
			},
		});
		this.#socket = socket;
		this.#peer = peer;
		socket.onmessage = ({ data }) => {
			if (socket === this.#socket && typeof data === 'string') this.#receive(peer, data);
		};
		socket.onclose = ({ code }) => {
			if (socket !== this.#socket) return;
			if (code === replacedCode) this.#end('replaced');
			else this.#lost(socket);
		};
	}

	#receive(peer: AnsweringPeer, text: string): void {
		const frame = parseObject(text);
		if (frame === undefined) return;
		const data = textOf(frame, 'data');
		switch (frame.event) {
			case 'offer': {
				const description = parseObject(data);
				if (description !== undefined) peer.offer(description);
				break;
			}
			case 'candidate': {
				const candidate = parseObject(data);
				if (candidate !== undefined) peer.candidate(candidate);
				break;
			}
			case 'signal-lost':
				this.#options.onSignal?.(false);
				break;
			case 'signal-back':
			case 'duress-alert':
				this.#options.onSignal?.(true);
				break;
			case 'duress-stop':
				this.#end('over');
				break;
		}
	}

	#lost(socket: WebSocket): void {
		if (this.#ended || socket !== this.#socket) return;
		this.#socket = undefined;
		if (this.#peer?.isConnected) {
			this.#previousPeer?.close();
			this.#previousPeer = this.#peer;
		} else this.#peer?.close();
		this.#peer = undefined;
		// 3000: not 1000 or 1001, which would tell the server that this page has left.
		socket.close(3000);
		this.#options.onState('reconnecting');
		this.#retry = setTimeout(() => void this.#tryAgain(), backOffMs(this.#attempt));
		this.#attempt += 1;
	}

	async #tryAgain(): Promise<void> {
		clearTimeout(this.#retry);
		this.#retry = undefined;
		const there = await this.#options.stillThere();
		if (this.#ended) return;
		if (there) this.#connect();
		else this.#end('over');
	}
}
