import { once } from 'node:events';
import WebSocket from 'ws';

export interface Frame {
	readonly event: string;
	readonly data: string;
	readonly via?: string;
}

interface Waiter {
	readonly wants: (text: string) => boolean;
	readonly resolve: (text: string) => void;
	readonly reject: (cause: Error) => void;
}

/** A WebSocket client that keeps what it is sent until somebody asks for it. */
export class SocketClient {
	readonly socket: WebSocket;
	readonly opened: Promise<unknown>;
	/** The HTTP answer to a refused upgrade. */
	readonly refused: Promise<{ status: number; body: unknown }>;
	/** The close code and reason. */
	readonly closed: Promise<{ code: number; reason: string }>;
	/** All text frames, unread ones and read ones. */
	readonly all: string[] = [];
	#unread: string[] = [];
	#waiters: Waiter[] = [];

	constructor(url: string) {
		this.socket = new WebSocket(url);
		this.opened = once(this.socket, 'open');
		// A refused socket never opens; nobody waits for that then.
		this.opened.catch(() => undefined);
		this.refused = new Promise((resolve) => {
			this.socket.on('unexpected-response', (_request, response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) }));
			});
		});
		this.closed = new Promise((resolve) => {
			this.socket.on('close', (code, reason) => {
				resolve({ code, reason: reason.toString() });
				for (const waiter of this.#waiters) waiter.reject(new Error(`closed with ${code} while waiting; got ${this.all.join(' | ')}`));
			});
		});
		this.socket.on('error', () => undefined);
		this.socket.on('message', (message) => this.#take(message.toString()));
	}

	/** The next unread frame of this event; frames of other events stay unread. */
	async next(event: string): Promise<Frame> {
		const text = await this.#nextText((candidate) => candidate.startsWith('{') && JSON.parse(candidate).event === event);
		return JSON.parse(text);
	}

	/** The next unread message whatever it is. */
	nextText(): Promise<string> {
		return this.#nextText(() => true);
	}

	send(event: string, data: unknown): void {
		this.socket.send(JSON.stringify({ event, data }));
	}

	/** Sends bytes as they are. */
	sendRaw(message: string | Uint8Array): void {
		this.socket.send(message);
	}

	/** Everything sent before has been handled by the server, and its replies have come, when this resolves. */
	async settled(): Promise<void> {
		const mark = `settled-${this.all.length}`;
		this.socket.ping(mark);
		for (;;) {
			const [payload] = await once(this.socket, 'pong');
			if (String(payload) === mark) return;
		}
	}

	/** Closes in an orderly way. */
	async leave(code = 1000): Promise<void> {
		this.socket.close(code);
		await this.closed;
	}

	/** Loses the socket without a word. */
	drop(): void {
		this.socket.terminate();
	}

	events(): string[] {
		return this.all.map((text) => JSON.parse(text).event);
	}

	#nextText(wants: (text: string) => boolean): Promise<string> {
		const index = this.#unread.findIndex(wants);
		const found = this.#unread[index];
		if (found !== undefined) {
			this.#unread.splice(index, 1);
			return Promise.resolve(found);
		}
		return new Promise((resolve, reject) => {
			this.#waiters.push({ wants, resolve, reject });
		});
	}

	#take(text: string): void {
		this.all.push(text);
		const waiter = this.#waiters.find(({ wants }) => wants(text));
		if (waiter === undefined) {
			this.#unread.push(text);
			return;
		}
		this.#waiters = this.#waiters.filter((other) => other !== waiter);
		waiter.resolve(text);
	}
}
