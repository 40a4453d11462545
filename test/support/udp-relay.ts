import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type RandomSource, seededRandom } from './seeded-random.ts';

export type RelayDirection = 'up' | 'down';

/** What happens to datagrams, each independently; the same seed decides the same way. */
export interface LinkQuality {
	/** Share of datagrams lost, 0 to 1. */
	readonly loss?: number;
	/** How many are lost in a row, on average; 1 or none: each by its own chance (Gilbert's model of a radio link). */
	readonly burst?: number;
	/** Share sent twice. */
	readonly duplicate?: number;
	/** Every datagram takes this long, and up to `jitterMs` more, by which they overtake each other. */
	readonly delayMs?: number;
	readonly jitterMs?: number;
	/** What the link carries, bits a second of UDP payload; more waits in a queue of this many milliseconds, and then is lost. */
	readonly rateBps?: number;
	readonly queueMs?: number;
}

export interface UdpRelayOptions extends LinkQuality {
	readonly seed?: number;
	/** Of one direction, where they differ. */
	readonly up?: LinkQuality;
	readonly down?: LinkQuality;
}

/** What one direction has come to. */
interface LinkState {
	quality: LinkQuality;
	isInBurst: boolean;
	/** When the queue will have been sent. */
	busyUntilMs: number;
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
	/** Datagrams that the link has lost, by chance or with its queue full. */
	lost = 0;
	/** Datagrams that the server has sent, also while dark, and when the last came. */
	fromServer = 0;
	/** Datagrams that the server sent to an address from before a move. */
	toFormerPorts = 0;
	readonly #mediaPort: number;
	readonly #clientSide: Socket;
	readonly #former: Socket[] = [];
	readonly #random: RandomSource;
	readonly #inFlight = new Set<NodeJS.Timeout>();
	readonly #links: Readonly<Record<RelayDirection, LinkState>>;
	#serverSide: Socket;
	#client: { readonly address: string; readonly port: number } | undefined;
	#closed = false;

	private constructor(mediaPort: number, clientSide: Socket, serverSide: Socket, { seed = 1, up, down, ...quality }: UdpRelayOptions) {
		this.#mediaPort = mediaPort;
		this.#clientSide = clientSide;
		this.#serverSide = serverSide;
		this.#random = seededRandom(seed);
		const link = (own: LinkQuality | undefined): LinkState => ({ quality: own ?? quality, isInBurst: false, busyUntilMs: 0 });
		this.#links = { up: link(up), down: link(down) };
		clientSide.on('message', (datagram, from) => {
			this.#client = { address: from.address, port: from.port };
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

	/** The link changes under a running session, in both directions or one. */
	setQuality(quality: LinkQuality, direction?: RelayDirection): void {
		if (direction !== 'down') this.#links.up.quality = quality;
		if (direction !== 'up') this.#links.down.quality = quality;
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
		const link = this.#links[direction];
		const { duplicate = 0, delayMs = 0, jitterMs = 0 } = link.quality;
		const queuedMs = this.#isLost(link) ? Number.POSITIVE_INFINITY : queue(link, datagram.length);
		if (queuedMs === Number.POSITIVE_INFINITY) {
			this.lost += 1;
			return;
		}
		const copies = duplicate > 0 && this.#random() < duplicate ? 2 : 1;
		for (let copy = 0; copy < copies; copy += 1) {
			const waitMs = queuedMs + delayMs + (jitterMs > 0 ? this.#random() * jitterMs : 0);
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

	#isLost(link: LinkState): boolean {
		const { loss = 0, burst = 1 } = link.quality;
		if (loss === 0) return false;
		if (burst <= 1) return this.#random() < loss;
		// Bursts end with chance 1/burst, and begin so often that the share of time in them is `loss`.
		const changes = link.isInBurst ? 1 / burst : loss / (1 - loss) / burst;
		if (this.#random() < changes) link.isInBurst = !link.isInBurst;
		return link.isInBurst;
	}

	#deliver(datagram: Buffer, direction: RelayDirection): void {
		if (this.#closed) return;
		if (direction === 'up') this.#serverSide.send(datagram, this.#mediaPort, host);
		else if (this.#client !== undefined) this.#clientSide.send(datagram, this.#client.port, this.#client.address);
	}
}

/** How long the datagram takes through the link's queue; Infinity when there is no room for it. */
function queue(link: LinkState, bytes: number): number {
	const { rateBps, queueMs = 0 } = link.quality;
	if (rateBps === undefined) return 0;
	const nowMs = performance.now();
	const startMs = Math.max(nowMs, link.busyUntilMs);
	if (startMs - nowMs > queueMs) return Number.POSITIVE_INFINITY;
	link.busyUntilMs = startMs + (8000 * bytes) / rateBps;
	return link.busyUntilMs - nowMs;
}

async function bound(): Promise<Socket> {
	const socket = createSocket('udp4');
	socket.bind(0, host);
	await once(socket, 'listening');
	return socket;
}
