import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Leads TCP connections on to a port of this machine, and cuts them. */
export interface TcpProxy {
	readonly port: number;
	/** Ends every connection without a word, and new ones too. */
	cut(): void;
	mend(): void;
	close(): void;
}

/** @param delayMs that everything takes, each way */
export async function openTcpProxy(port: number, delayMs = 0): Promise<TcpProxy> {
	const sockets = new Set<Socket>();
	let isCut = false;
	const lead = (from: Socket, to: Socket): void => {
		from.on('data', (bytes) => {
			if (delayMs === 0) to.write(bytes);
			else setTimeout(() => to.writable && to.write(bytes), delayMs);
		});
		from.on('error', () => from.destroy());
		from.on('close', () => {
			sockets.delete(from);
			to.destroy();
		});
		sockets.add(from);
	};
	const server = createServer((client) => {
		if (isCut) {
			client.destroy();
			return;
		}
		const onward = connect(port, '127.0.0.1');
		lead(client, onward);
		lead(onward, client);
	});
	const cutAll = (): void => {
		for (const socket of sockets) socket.destroy();
	};
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
	return {
		port: address.port,
		cut() {
			isCut = true;
			cutAll();
		},
		mend() {
			isCut = false;
		},
		close() {
			cutAll();
			server.close();
		},
	};
}
