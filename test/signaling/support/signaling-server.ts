import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import type { RoomLimits } from '../../../src/room/room-limits.ts';
import { Rooms } from '../../../src/room/rooms.ts';
import type { ConnectionLimits } from '../../../src/signaling/connection-limits.ts';
import { newSignalingCounts } from '../../../src/signaling/signaling-counts.ts';
import { signalingRoutes } from '../../../src/signaling/signaling-routes.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingEngine } from './recording-engine.ts';
import { SocketClient } from './socket-client.ts';

export interface ServerOptions {
	readonly roomLimits?: Partial<RoomLimits>;
	readonly limits?: Partial<ConnectionLimits>;
}

/** A running server with the six WebSocket routes and rooms on an engine that only records, its time moved by hand. */
export class SignalingServer {
	readonly clock = new ManualClock();
	readonly engine = new RecordingEngine();
	readonly counts = newSignalingCounts();
	readonly log: { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[] = [];
	readonly rooms: Rooms;
	readonly app: FastifyInstance;
	readonly #limits: Partial<ConnectionLimits>;
	#port = 0;

	constructor({ roomLimits = {}, limits = {} }: ServerOptions = {}) {
		this.rooms = new Rooms({
			media: this.engine,
			clock: this.clock,
			randomBytes,
			log: { info: this.#record, warn: this.#record },
			limits: roomLimits,
		});
		this.engine.onEvent = (event) => this.rooms.handleEngineEvent(event);
		this.app = Fastify({ routerOptions: { caseSensitive: false, ignoreTrailingSlash: true } });
		this.#limits = limits;
	}

	static async start(options: ServerOptions = {}): Promise<SignalingServer> {
		const server = new SignalingServer(options);
		await server.#listen();
		return server;
	}

	get base(): string {
		return `127.0.0.1:${this.#port}`;
	}

	/** A client whose socket is open. */
	async connect(path: string): Promise<SocketClient> {
		const client = new SocketClient(`ws://${this.base}${path}`);
		await client.opened;
		return client;
	}

	/** What an upgrade request to this path is refused with. */
	refusal(path: string): Promise<{ status: number; body: unknown }> {
		return new SocketClient(`ws://${this.base}${path}`).refused;
	}

	async stop(): Promise<void> {
		const closing = this.app.close();
		// Sockets that do not answer are cut after a while, which here passes at once.
		await new Promise((resolve) => setImmediate(resolve));
		this.clock.advance(5000);
		await closing;
	}

	async #listen(): Promise<void> {
		const log = { info: this.#record, warn: this.#record };
		this.app.get('/plain', async () => ({ plain: true }));
		await this.app.register(signalingRoutes, {
			rooms: this.rooms,
			clock: this.clock,
			log,
			counts: this.counts,
			limits: this.#limits,
			urlsFor: () => ({ wsOrigin: 'ws://test' }),
		});
		await this.app.listen({ host: '127.0.0.1', port: 0 });
		const address = this.app.server.address();
		if (address === null || typeof address === 'string') throw new Error('the server has no port');
		this.#port = address.port;
	}

	readonly #record = (fields: Readonly<Record<string, unknown>>, message: string): void => void this.log.push({ fields, message });
}
