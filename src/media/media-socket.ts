import type { RemoteAddress } from '../ice/path-table.ts';

/** A datagram: `bytes[0, length)`, which are the listener's until it returns and are overwritten then. */
export type DatagramListener = (bytes: Uint8Array, length: number, from: RemoteAddress) => void;

/** The UDP socket of an engine. `UdpSocket` is it in TypeScript, `NativeSocket` in native code. */
export interface MediaSocket {
	readonly port: number;
	/** The families a peer can reach this socket by. */
	readonly families: { readonly ipv4: boolean; readonly ipv6: boolean };
	/** Datagrams not sent because the queue was full, and sends that the system refused. */
	readonly dropped: number;
	readonly refused: number;
	/** To be called once. */
	onDatagram(listener: DatagramListener): void;
	/** A buffer to write the next datagram into: the same one until it has been sent. */
	slot(): Uint8Array;
	/** Sends `length` bytes of a slot, or of a buffer that is never written again. What cannot be sent is counted. */
	send(bytes: Uint8Array, length: number, address: string, port: number): void;
	/** Twice is harmless. */
	close(): Promise<void>;
}
