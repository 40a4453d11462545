import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type RandomSource, seededRandom } from './seeded-random.ts';

export type RelayDirection = 'up' | 'down';

/** What happens to datagrams, each independently; the same seed decides the same way. */
export interface LinkQuality {
	/** Share of datagrams lost, 0 to 1. */
	readonly loss?: number;
	/** Share sent twice. */
	readonly duplicate?: number;
	/** Every datagram takes this long, and up to `jitterMs` more, by which they overtake each other. */
	readonly delayMs?: number;
	readonly jitterMs?: number;
}

export interface UdpRelayOptions extends LinkQuality {
	readonly seed?: number;
}

const host = '127.0.0.1';

/**
 * Stands between one client and the server's media port, as a network does. The client sends to {@link port}; the server sees
 * {@link serverSidePort}, which {@link moveToNewPort} changes under a running session.
 */
export class UdpRelay {
	/** Sees every datagram as it comes in, before the link has its way with it. False keeps it back. */
	tap: ((datagram: Buffer, direction: RelayDirection) => boolean) | undefined;
	/** Nothing gets through in either direction. */
	dark = false;
	quality: LinkQuality;
	/** Datagrams that the server has sent, also while dark, and when the last came. */
	fromServer = 0;
	/** Datagrams that the server sent to an address from before a move. */
	toFormerPorts = 0;
	readonly #mediaPort: number;
	readonly #clientSide: Socket;
	readonly #former: Socket[] = [];
	readonly #random: RandomSource;
	readonly #inFlight = new Set<NodeJS.Timeout>();
	#serverSide: Socket;
	#clientPort: number | undefined;
	#closed = false;

	private constructor(mediaPort: number, clientSide: Socket, serverSide: Socket, { seed = 1, ...quality }: UdpRelayOptions) {
		this.#mediaPort = mediaPort;
		this.#clientSide = clientSide;
		this.#serverSide = serverSide;
		this.#random = seededRandom(seed);
		this.quality = quality;
		clientSide.on('message', (datagram, from) => {
			this.#clientPort = from.port;
			this.#pass(datagram, 'up');
		});
		this.#listen(serverSide);
	}

	static async open(mediaPort: number, options: UdpRelayOptions = {}): Promise<UdpRelay> {
		return new UdpRelay(mediaPort, await bound(), await bound(), options);
	}

	/** Where the client sends. */
	get port(): number {
		return this.#clientSide.address().port;
	}

	/** Where the client seems to be to the server. */
	get serverSidePort(): number {
		return this.#serverSide.address().port;
	}

	/** The client changes networks: the server sees the same packets come from another port, and what it sends to the old one is lost. */
	async moveToNewPort(): Promise<void> {
		const next = await bound();
		this.#former.push(this.#serverSide);
		this.#serverSide = next;
		this.#listen(next);
	}

	/** Sends to the server from the client's own address, past tap and quality. */
	inject(datagram: Uint8Array): void {
		this.#serverSide.send(datagram, this.#mediaPort, host);
	}

	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		for (const timer of this.#inFlight) clearTimeout(timer);
		const sockets = [this.#clientSide, this.#serverSide, ...this.#former];
		await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
	}

	#listen(socket: Socket): void {
		socket.on('message', (datagram) => {
			this.fromServer += 1;
			if (socket === this.#serverSide) this.#pass(datagram, 'down');
			else this.toFormerPorts += 1;
		});
	}

	#pass(datagram: Buffer, direction: RelayDirection): void {
		if (this.tap?.(datagram, direction) === false || this.dark) return;
		const { loss = 0, duplicate = 0, delayMs = 0, jitterMs = 0 } = this.quality;
		if (this.#random() < loss) return;
		const copies = this.#random() < duplicate ? 2 : 1;
		for (let copy = 0; copy < copies; copy += 1) {
			const waitMs = delayMs + this.#random() * jitterMs;
			if (waitMs === 0) {
				this.#deliver(datagram, direction);
				continue;
			}
			const timer = setTimeout(() => {
				this.#inFlight.delete(timer);
				this.#deliver(datagram, direction);
			}, waitMs);
			this.#inFlight.add(timer);
		}
	}

	#deliver(datagram: Buffer, direction: RelayDirection): void {
		if (this.#closed) return;
		if (direction === 'up') this.#serverSide.send(datagram, this.#mediaPort, host);
		else if (this.#clientPort !== undefined) this.#clientSide.send(datagram, this.#clientPort, host);
	}
}

async function bound(): Promise<Socket> {
	const socket = createSocket('udp4');
	socket.bind(0, host);
	await once(socket, 'listening');
	return socket;
}
