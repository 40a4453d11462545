import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';

/** `http://…/whip/<room>/<session>` and its ICE session's tag. */
export interface WishSession {
	readonly url: string;
	etag: string;
}

/**
 * A signaling WebSocket that turns a client's offer into a WHIP or WHEP request, gives the answer back and trickles the candidates: a client
 * written for sockets becomes one that publishes and watches by HTTP. The session ends with the test.
 */
export class WishGateway {
	/** Where the client connects. */
	readonly url: string;
	session: WishSession | undefined;
	/** Statuses of POST and PATCH requests, in order. */
	readonly statuses: number[] = [];
	readonly #endpoint: string;

	private constructor(server: WebSocketServer, endpoint: string) {
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('the gateway has no port');
		this.url = `ws://127.0.0.1:${address.port}`;
		this.#endpoint = endpoint;
		server.on('connection', (socket) => {
			// One request at a time: candidates wait for the answer, whose ETag they name (RFC 9725, section 4.3.2).
			let requests: Promise<void> = Promise.resolve();
			socket.on('message', (message) => {
				const { event, data } = JSON.parse(String(message));
				requests = requests.then(async () => {
					if (event === 'offer') socket.send(JSON.stringify({ event: 'answer', data: await this.#offer(data) }));
					if (event === 'candidate') await this.patch(`a=mid:0\r\na=${JSON.parse(data).candidate}\r\n`);
				});
			});
		});
	}

	/** @param endpoint `http://…/whip/<room>` or `http://…/whep/<room>` */
	static async open(endpoint: string): Promise<WishGateway> {
		const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
		await once(server, 'listening');
		const gateway = new WishGateway(server, endpoint);
		onTestFinished(async () => {
			for (const client of server.clients) client.terminate();
			server.close();
			if (gateway.session !== undefined) await gateway.delete();
		});
		return gateway;
	}

	async patch(fragment: string, ifMatch = this.session?.etag ?? ''): Promise<string> {
		const headers = { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': ifMatch };
		const response = await fetch(this.session?.url ?? '', { method: 'PATCH', headers, body: fragment });
		this.statuses.push(response.status);
		return await response.text();
	}

	/** Ends the session; its status. */
	async delete(): Promise<number> {
		return (await fetch(this.session?.url ?? '', { method: 'DELETE' })).status;
	}

	async #offer(sdp: string): Promise<string> {
		const headers = { 'content-type': 'application/sdp' };
		const response = await fetch(this.#endpoint, { method: 'POST', headers, body: sdp });
		this.statuses.push(response.status);
		const location = response.headers.get('location');
		if (location !== null) {
			this.session = { url: new URL(location, response.url).href, etag: response.headers.get('etag') ?? '' };
		}
		return await response.text();
	}
}
