import { once } from 'node:events';
import WebSocket from 'ws';

/** A client that opens its socket, gets the server's first offer, and never answers. */
export class OfferedSocket {
	readonly socket: WebSocket;
	/** The close code. */
	readonly closed: Promise<number>;
	readonly frames: { readonly event: string; readonly data: string }[] = [];

	private constructor(socket: WebSocket) {
		this.socket = socket;
		this.closed = once(socket, 'close').then(([code]) => Number(code));
		socket.on('message', (message) => this.frames.push(JSON.parse(String(message))));
	}

	/** Resolves when the offer has come. */
	static async open(url: string): Promise<OfferedSocket> {
		const offered = new OfferedSocket(new WebSocket(url));
		while (!offered.frames.some(({ event }) => event === 'offer')) await once(offered.socket, 'message');
		return offered;
	}
}
