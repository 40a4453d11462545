import { backOffMs } from './back-off.ts';
import { parseObject, textOf } from './json.ts';

/** The server's close code for a broadcaster whose place another page has taken. */
const replacedCode = 4409;
/** Not 1000 or 1001, which would tell the server that this page has left. */
const notLeavingCode = 3000;
/** A socket without a session after this long is given up: on a network that is gone, opening one takes minutes to fail. */
const sessionWithinMs = 10_000;
/** A socket that lived for this long was a good one: the back-off begins from its start. */
const goodAfterMs = 5_000;

export interface LastingSocketOptions {
	/** The WebSocket address that the server gave. */
	readonly url: string;
	/** Asked when the server lets this page in no more. False: the session is over. */
	readonly stillThere: () => Promise<boolean>;
	/** The server listens. `isResumed`: it has kept this page's peer, and its media runs on; else it begins anew. */
	readonly onSession: (isResumed: boolean) => void;
	readonly onFrame: (event: string, data: string) => void;
	/** The socket is gone; another one is on its way. */
	readonly onLost: () => void;
	/** The end for good: the session is over, or another page has taken this one's place. */
	readonly onEnd: (how: 'over' | 'replaced') => void;
}

/** A socket to a room that comes back by itself and resumes where it was. */
export class LastingSocket {
	readonly #options: LastingSocketOptions;
	#socket: WebSocket | undefined;
	/** Leads back to the peer that the server keeps. */
	#token = '';
	#peerId = '';
	#sessionMs: number | undefined;
	#wait: ReturnType<typeof setTimeout> | undefined;
	#retry: (() => void) | undefined;
	#attempt = 0;
	#isClosed = false;

	constructor(options: LastingSocketOptions) {
		this.#options = options;
		this.#connect();
	}

	/** Whether the server listens. */
	get isOpen(): boolean {
		return this.#sessionMs !== undefined;
	}

	/** What is sent while nobody listens is lost. */
	send(event: string, data: string): void {
		if (this.isOpen && this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ event, data }));
	}

	/** Makes a try that waits for its moment now. */
	hurry(): void {
		this.#retry?.();
	}

	/** A new socket for the same session, now. */
	replace(): void {
		this.#attempt = 0;
		if (this.#retry === undefined) this.#lose(false);
		this.hurry();
	}

	/** A new session, in a moment. */
	renew(): void {
		this.#token = '';
		this.#peerId = '';
		if (this.#retry === undefined) this.#lose(false);
	}

	/** Leaves the room. Twice is harmless; nothing is told afterwards. */
	close(): void {
		this.#isClosed = true;
		clearTimeout(this.#wait);
		this.#retry = undefined;
		this.#socket?.close(1000);
		this.#socket = undefined;
		this.#sessionMs = undefined;
	}

	#connect(): void {
		const url = new URL(this.#options.url);
		url.searchParams.set('v', '2');
		if (this.#token !== '') url.searchParams.set('resume', this.#token);
		const socket = new WebSocket(url);
		this.#socket = socket;
		this.#wait = setTimeout(() => this.#lose(false), sessionWithinMs);
		socket.onmessage = ({ data }) => {
			if (socket === this.#socket && typeof data === 'string') this.#receive(data);
		};
		socket.onclose = ({ code }) => {
			if (socket !== this.#socket) return;
			if (code === replacedCode) this.#end('replaced');
			// Refused before it opened, or closed as when a session is over: browsers do not say why.
			else this.#lose(this.#sessionMs === undefined || code === 1000);
		};
	}

	#receive(text: string): void {
		const frame = parseObject(text);
		if (frame === undefined) return;
		const event = textOf(frame, 'event');
		const data = textOf(frame, 'data');
		if (event === 'session') this.#begin(data);
		else if (event === 'duress-stop') this.#end('over');
		else this.#options.onFrame(event, data);
	}

	#begin(data: string): void {
		const session = parseObject(data);
		if (session === undefined) return;
		clearTimeout(this.#wait);
		const peerId = textOf(session, 'peerId');
		const isResumed = peerId !== '' && peerId === this.#peerId;
		this.#token = textOf(session, 'resume');
		this.#peerId = peerId;
		this.#sessionMs = performance.now();
		this.#options.onSession(isResumed);
	}

	#lose(mayBeOver: boolean): void {
		const socket = this.#socket;
		if (this.#isClosed || socket === undefined) return;
		clearTimeout(this.#wait);
		if (this.#sessionMs !== undefined && performance.now() - this.#sessionMs >= goodAfterMs) this.#attempt = 0;
		this.#socket = undefined;
		this.#sessionMs = undefined;
		socket.close(notLeavingCode);
		this.#retry = () => {
			clearTimeout(this.#wait);
			this.#retry = undefined;
			void this.#comeBack(mayBeOver);
		};
		this.#wait = setTimeout(() => this.hurry(), backOffMs(this.#attempt));
		this.#attempt += 1;
		this.#options.onLost();
	}

	async #comeBack(mayBeOver: boolean): Promise<void> {
		const there = !mayBeOver || (await this.#options.stillThere());
		if (this.#isClosed) return;
		if (there) this.#connect();
		else this.#end('over');
	}

	#end(how: 'over' | 'replaced'): void {
		if (this.#isClosed) return;
		this.close();
		this.#options.onEnd(how);
	}
}
