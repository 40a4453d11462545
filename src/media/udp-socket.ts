import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { DatagramListener, MediaSocket } from './media-socket.ts';

/** Asked of the kernel in both directions: a join burst to hundreds of viewers fits (measured with the prototype). */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
/** The largest datagram sent: an Ethernet payload plus the SRTP trailer, rounded up. */
const SLOT_BYTES = 2048;
/**
 * Outgoing buffers in turn. Node copies nothing: a datagram that the kernel could not take at once is read from its buffer later,
 * so a buffer may be written again only after every datagram that could still wait in the queue has left.
 */
const SLOTS = 4096;
/** Datagrams that may wait in the process before new ones are dropped: less than SLOTS, see there. */
const MAX_QUEUED = 2048;

/** The media socket in TypeScript: binds, receives, and sends from a ring of buffers of its own. */
export class UdpSocket implements MediaSocket {
	readonly #socket: Socket;
	readonly #ring = Buffer.allocUnsafeSlow(SLOTS * SLOT_BYTES);
	readonly #slots: Buffer[] = [];
	#next = 0;
	#closing: Promise<void> | undefined;
	/** Datagrams not sent because the queue was full, and sends that the system refused. */
	dropped = 0;
	refused = 0;

	private constructor(socket: Socket) {
		this.#socket = socket;
		for (let slot = 0; slot < SLOTS; slot += 1) this.#slots.push(this.#ring.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES));
		// A refused send (unreachable network, ICMP error) concerns one peer, whose consent will expire; it never ends the socket.
		socket.on('error', () => {
			this.refused += 1;
		});
	}

	/**
	 * Binds to `host`:`port`. `::` is dual stack; where IPv6 is off it falls back to `0.0.0.0`.
	 * Rejects with the system's error when the port is taken or the address is not this machine's.
	 */
	static async bind(host: string, port: number): Promise<UdpSocket> {
		try {
			return await UdpSocket.#bind(host, port);
		} catch (error) {
			if (host === '::' && error instanceof Error && 'code' in error && (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL')) {
				return UdpSocket.#bind('0.0.0.0', port);
			}
			throw error;
		}
	}

	static #bind(host: string, port: number): Promise<UdpSocket> {
		const ipv6 = isIPv6(host);
		const socket = createSocket({
			type: ipv6 ? 'udp6' : 'udp4',
			// Without its own `lookup` a dgram socket asks the resolver on every send, although peers are always literal addresses.
			lookup: (address, _options, callback) => callback(null, address, ipv6 ? 6 : 4),
		});
		return new Promise((resolve, reject) => {
			socket.once('error', reject);
			socket.bind({ address: host, port }, () => {
				socket.off('error', reject);
				try {
					socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
					socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
				} catch {
					// A system that refuses larger buffers runs with its own.
				}
				resolve(new UdpSocket(socket));
			});
		});
	}

	get port(): number {
		return this.#socket.address().port;
	}

	/** The families a peer can reach this socket by. */
	get families(): { ipv4: boolean; ipv6: boolean } {
		const { address, family } = this.#socket.address();
		if (family === 'IPv4') return { ipv4: true, ipv6: false };
		return { ipv4: address === '::', ipv6: true };
	}

	onDatagram(listener: DatagramListener): void {
		this.#socket.on('message', (datagram, from) => listener(datagram, datagram.length, from));
	}

	/** A buffer to write the next datagram into: the same one until it has been sent. */
	slot(): Buffer {
		return this.#slots[this.#next] as Buffer;
	}

	/** Sends `length` bytes of a slot, or of a buffer that is never written again. */
	send(bytes: Uint8Array, length: number, address: string, port: number): void {
		try {
			if (this.#socket.getSendQueueCount() >= MAX_QUEUED) {
				this.dropped += 1;
				return;
			}
			this.#socket.send(bytes, 0, length, port, address);
			if (bytes === this.#slots[this.#next]) this.#next = (this.#next + 1) % SLOTS;
		} catch {
			this.refused += 1;
		}
	}

	close(): Promise<void> {
		this.#closing ??= new Promise((resolve) => this.#socket.close(() => resolve()));
		return this.#closing;
	}
}
