import type { WebSocket } from '@fastify/websocket';
import type { Connection, WireSocket } from './connection.ts';

/** A `ws` socket as the wire of a connection. */
export function wireOf(socket: WebSocket): WireSocket {
	return {
		get bufferedAmount() {
			return socket.bufferedAmount;
		},
		send: (text) => socket.send(text),
		ping: () => {
			// ws throws on a ping before the handshake is done only; afterwards it is silent on a closed socket.
			socket.ping();
		},
		close: (code, reason) => socket.close(code, reason),
		terminate: () => socket.terminate(),
	};
}

/**
 * Leads a `ws` socket's events to its connection. A client's close is answered with its own code by `ws` itself. A fault of ours in
 * handling a message ends this one socket (1011), not the server with everybody's.
 */
export function listen(socket: WebSocket, connection: Connection, onFault: (fault: unknown) => void): void {
	socket.on('message', (message) => {
		try {
			connection.received(bytesOf(message));
		} catch (fault) {
			onFault(fault);
			connection.close(1011, 'Internal error');
		}
	});
	socket.on('ping', () => connection.alive());
	socket.on('pong', () => connection.alive());
	socket.on('close', (code) => connection.wireClosed(code));
}

function bytesOf(message: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
	if (Array.isArray(message)) return Buffer.concat(message);
	return message instanceof ArrayBuffer ? new Uint8Array(message) : message;
}
