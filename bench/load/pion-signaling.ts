import type { Role, SignalEvents, Signaling, SignalLink } from './signaling.ts';

/** A line to the Pion peer: see bench/peers/pion/main.go. */
export interface PionRequest {
	readonly t: 'join' | 'answer' | 'leave';
	readonly id: number;
	readonly room?: string;
	readonly role?: Role;
	readonly sdp?: string;
}

/** A line from it. */
export interface PionReply {
	readonly t: string;
	readonly id: number;
	readonly sdp: string;
	readonly error: string;
}

let lastId = 0;

/** Introduces clients to the Pion peer by lines of JSON. */
export class PionSignaling implements Signaling {
	readonly #send: (request: PionRequest) => void;
	readonly #clients = new Map<number, SignalEvents & { readonly onLeft: () => void }>();

	constructor(send: (request: PionRequest) => void) {
		this.#send = send;
	}

	receive(reply: PionReply): void {
		const client = this.#clients.get(reply.id);
		if (reply.t === 'offer') client?.onOffer(reply.sdp);
		if (reply.t === 'error') client?.onEnd(reply.error);
		if (reply.t === 'left') client?.onLeft();
	}

	async join(room: string, role: Role, events: SignalEvents): Promise<SignalLink> {
		// Two processes may have clients of one Pion peer.
		const id = process.pid * 100_000 + ++lastId;
		const left = Promise.withResolvers<void>();
		this.#clients.set(id, { onOffer: events.onOffer, onEnd: events.onEnd, onLeft: left.resolve });
		this.#send({ t: 'join', id, room, role });
		return {
			answer: (sdp) => this.#send({ t: 'answer', id, sdp }),
			leave: async () => {
				this.#send({ t: 'leave', id });
				await left.promise;
				this.#clients.delete(id);
			},
		};
	}
}
