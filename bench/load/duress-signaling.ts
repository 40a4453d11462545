import { once } from 'node:events';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import WebSocket from 'ws';
import type { Role, SignalEvents, Signaling, SignalLink } from './signaling.ts';

const helpAnswer = Type.Object({ broadcasterWs: Type.String(), viewerWebsocketUrl: Type.String() });
const frame = Type.Object({ event: Type.String(), data: Type.String() });
const description = Type.Object({ type: Type.String(), sdp: Type.String() });

/** Presses help for each room and speaks the protocol of docs/protocol.md over the server's own WebSockets. */
export class DuressSignaling implements Signaling {
	readonly #url: string;
	readonly #rooms = new Map<string, Promise<Record<Role, string>>>();

	/** @param url of the server, `http://HOST:PORT` */
	constructor(url: string) {
		this.#url = url;
	}

	async join(room: string, role: Role, events: SignalEvents): Promise<SignalLink> {
		let urls = this.#rooms.get(room);
		if (urls === undefined) {
			urls = this.#pressHelp(room);
			this.#rooms.set(room, urls);
		}
		const socket = new WebSocket((await urls)[role]);
		const closed = once(socket, 'close');
		let leaving = false;
		socket.on('message', (message) => {
			const { event, data } = Value.Parse(frame, JSON.parse(String(message)));
			if (event === 'offer') events.onOffer(Value.Parse(description, JSON.parse(data)).sdp);
			if (event === 'error') events.onEnd(data);
		});
		socket.on('close', (code) => {
			if (!leaving) events.onEnd(`the server closed the WebSocket with ${code}`);
		});
		await once(socket, 'open');
		return {
			answer: (sdp) => socket.send(JSON.stringify({ event: 'answer', data: JSON.stringify({ type: 'answer', sdp }) })),
			leave: async () => {
				leaving = true;
				socket.close(1000);
				await closed;
			},
		};
	}

	async #pressHelp(name: string): Promise<Record<Role, string>> {
		const response = await fetch(`${this.#url}/duress/help`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ name }),
		});
		if (!response.ok) throw new Error(`help was answered ${response.status}`);
		const session = Value.Parse(helpAnswer, await response.json());
		return { broadcaster: session.broadcasterWs, viewer: session.viewerWebsocketUrl };
	}
}
