import { getSystemErrorName } from 'node:util';
import type { DatagramListener, MediaSocket } from './media-socket.ts';
import { BATCH_DATAGRAMS, DATAGRAM_BYTES, type NativeAddon, type NativeHandle, RECEIVED_WORDS } from './native-addon.ts';
import { RemoteAddressCache } from './remote-address-cache.ts';

/** Asked of the kernel in both directions, as for the TypeScript socket. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

export interface NativeSocketOptions {
	/** Octets asked of the kernel in each direction. The least that it gives is some two thousand. */
	readonly bufferBytes?: number;
}

/**
 * The media socket in native code. Received datagrams come in batches and are read where they lie; sent ones leave at once, or wait in
 * order, 2,048 at most, until the kernel has room.
 */
export class NativeSocket implements MediaSocket {
	readonly #addon: NativeAddon;
	readonly #handle: NativeHandle;
	readonly #addresses: RemoteAddressCache;
	readonly #slot = new Uint8Array(DATAGRAM_BYTES);
	readonly port: number;
	readonly families: { readonly ipv4: boolean; readonly ipv6: boolean };
	/** What was sent after `close`, and the counts of the time before it. */
	#refused = 0;
	#dropped = 0;
	#closed = false;

	private constructor(addon: NativeAddon, handle: NativeHandle, host: string) {
		this.#addon = addon;
		this.#handle = handle;
		this.#addresses = new RemoteAddressCache(addon.formatAddress);
		this.port = addon.socketPort(handle);
		const ipv6 = host.includes(':');
		this.families = { ipv4: !ipv6 || host === '::', ipv6 };
	}

	/**
	 * Binds to `host`:`port`. `::` is dual stack; where IPv6 is off it falls back to `0.0.0.0`.
	 * Throws the system's error when the port is taken or the address is not this machine's.
	 */
	static bind(addon: NativeAddon, host: string, port: number, options: NativeSocketOptions = {}): NativeSocket {
		const bufferBytes = options.bufferBytes ?? SOCKET_BUFFER_BYTES;
		const handle = addon.openSocket(host, port, bufferBytes);
		if (handle > 0) return new NativeSocket(addon, handle, host);
		const code = getSystemErrorName(handle);
		if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) return NativeSocket.bind(addon, '0.0.0.0', port, options);
		throw Object.assign(new Error(`bind ${code} ${host}:${port}`), { code, errno: handle, syscall: 'bind' });
	}

	/** The addon's number for this socket. */
	get handle(): NativeHandle {
		return this.#handle;
	}

	get isOpen(): boolean {
		return !this.#closed;
	}

	get dropped(): number {
		return this.#dropped + (this.#closed ? 0 : this.#addon.socketDropped(this.#handle));
	}

	get refused(): number {
		return this.#refused + (this.#closed ? 0 : this.#addon.socketRefused(this.#handle));
	}

	onDatagram(listener: DatagramListener): void {
		const { receivedBytes, receivedWords } = this.#addon;
		const slots = Array.from({ length: BATCH_DATAGRAMS }, (_, at) =>
			receivedBytes.subarray(at * DATAGRAM_BYTES, (at + 1) * DATAGRAM_BYTES),
		);
		this.#addon.listen(this.#handle, (count) => {
			for (let at = 0; at < count && !this.#closed; at += 1) {
				const from = this.#addresses.resolve(receivedWords, at * RECEIVED_WORDS);
				listener(slots[at] as Uint8Array, receivedWords[at * RECEIVED_WORDS] as number, from);
			}
		});
	}

	slot(): Uint8Array {
		return this.#slot;
	}

	send(bytes: Uint8Array, length: number, address: string, port: number): void {
		try {
			this.#addon.send(this.#handle, bytes, length, address, port);
		} catch {
			this.#refused += 1;
		}
	}

	async close(): Promise<void> {
		if (this.#closed) return;
		this.#dropped = this.dropped;
		this.#refused = this.refused;
		this.#closed = true;
		this.#addon.closeSocket(this.#handle);
	}
}
