/** A number by which the addon knows a socket or an SRTP context. One that is closed, or was never given, is refused. */
export type NativeHandle = number;

/** Datagrams in one batch, octets of room for each, and words that describe each: see `receivedWords`. */
export const BATCH_DATAGRAMS = 64;
export const DATAGRAM_BYTES = 2048;
export const RECEIVED_WORDS = 8;

/** Words of one destination in `forward`. */
export const ROW_WORDS = 3;

/** Octets of session keys for RTP, and as many for RTCP: encryption key, salt and authentication key. */
export const KEY_BYTES = 16;
export const SALT_BYTES = 14;
export const AUTHENTICATION_KEY_BYTES = 20;
export const STREAM_KEYS_BYTES = KEY_BYTES + SALT_BYTES + AUTHENTICATION_KEY_BYTES;

/**
 * The functions of `native/addon.c`. It checks every argument: one that is out of range, of a wrong type, detached or stale throws a
 * RangeError, and nothing is read or written.
 */
export interface NativeAddon {
	/** The datagrams of the batch in hand, `DATAGRAM_BYTES` apart. The next batch of any socket of this thread overwrites them. */
	readonly receivedBytes: Uint8Array;
	/** For each of them: length (0: it was too long), port, family (4 or 6), scope, and the address as it lies in memory, four words. */
	readonly receivedWords: Uint32Array;
	/** @returns a socket, or a negative errno */
	openSocket(address: string, port: number, bufferBytes: number): NativeHandle;
	/** From now on batches are received. The listener gets the number of datagrams. Once for a socket. */
	listen(socket: NativeHandle, listener: (count: number) => void): void;
	socketPort(socket: NativeHandle): number;
	/** Datagrams for which the queue had no room. */
	socketDropped(socket: NativeHandle): number;
	/** Datagrams that the system refused, and rows of `forward` without a context or an address. */
	socketRefused(socket: NativeHandle): number;
	send(socket: NativeHandle, bytes: Uint8Array, length: number, address: string, port: number): void;
	/**
	 * Protects one RTP packet of the shape of relay/outbound-packet.ts for many contexts and sends it to their addresses. `rows` holds
	 * `ROW_WORDS` words for each: context; sequence number | payload type << 16 | first byte of the abs-send-time element << 24; roll-over.
	 */
	forward(socket: NativeHandle, packet: Uint8Array, length: number, rows: Uint32Array, count: number): void;
	/** Twice is harmless. What still waits is forgotten. */
	closeSocket(socket: NativeHandle): void;
	formatAddress(family: number, scope: number, word0: number, word1: number, word2: number, word3: number): string;
	/** @param profile the number in the DTLS use_srtp extension; @param keys twice `STREAM_KEYS_BYTES` */
	openContext(profile: number, keys: Uint8Array): NativeHandle;
	/** Where `forward` sends this context's packets; undefined: nowhere. */
	setAddress(context: NativeHandle, address: string | undefined, port: number): void;
	/** Twice is harmless. */
	closeContext(context: NativeHandle): void;
	/** The four of srtp/transform.ts, with its answers, or −2 when OpenSSL failed. */
	protectRtp(context: NativeHandle, packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number;
	unprotectRtp(context: NativeHandle, packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number;
	protectRtcp(context: NativeHandle, packet: Uint8Array, length: number, index: number, out: Uint8Array): number;
	unprotectRtcp(context: NativeHandle, packet: Uint8Array, length: number, index: number, out: Uint8Array): number;
}

const functionNames = [
	...['openSocket', 'listen', 'socketPort', 'socketDropped', 'socketRefused', 'send', 'forward', 'closeSocket', 'formatAddress'],
	...['openContext', 'setAddress', 'closeContext', 'protectRtp', 'unprotectRtp', 'protectRtcp', 'unprotectRtcp'],
];

/** Whether a loaded module is the addon that this code was written for. */
export function isNativeAddon(value: unknown): value is NativeAddon {
	if (typeof value !== 'object' || value === null) return false;
	const bytes: unknown = Reflect.get(value, 'receivedBytes');
	const words: unknown = Reflect.get(value, 'receivedWords');
	return (
		functionNames.every((name) => typeof Reflect.get(value, name) === 'function') &&
		bytes instanceof Uint8Array &&
		bytes.length === BATCH_DATAGRAMS * DATAGRAM_BYTES &&
		words instanceof Uint32Array &&
		words.length === BATCH_DATAGRAMS * RECEIVED_WORDS
	);
}
