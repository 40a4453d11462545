import { once } from 'node:events';
import WebSocket from 'ws';
import { until } from './until.ts';

/** Start a server with this to be able to look into its heap. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/**
 * Bytes on the heap of a running server, buffers included, that are really in use: its inspector is made to collect garbage first, so two looks can be
 * compared. `log` is what the server has written, where the inspector's address stands.
 */
export async function usedHeapBytes(server: { log(): string }): Promise<number> {
	const address = (): string | undefined => /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(server.log())?.[0];
	await until('the address of the inspector', 5000, () => address() !== undefined);
	const socket = new WebSocket(address() ?? '');
	await once(socket, 'open');
	try {
		// Twice: what a finaliser lets go is collected the second time.
		await call(socket, 1, 'HeapProfiler.collectGarbage');
		await call(socket, 2, 'HeapProfiler.collectGarbage');
		const { usedSize, backingStorageSize } = await call(socket, 3, 'Runtime.getHeapUsage');
		if (typeof usedSize !== 'number' || typeof backingStorageSize !== 'number') throw new Error('the inspector gave no heap usage');
		return usedSize + backingStorageSize;
	} finally {
		socket.close();
	}
}

async function call(socket: WebSocket, id: number, method: string): Promise<Record<string, unknown>> {
	socket.send(JSON.stringify({ id, method }));
	for (;;) {
		const [message] = await once(socket, 'message');
		const answer = JSON.parse(String(message));
		if (answer.id === id) return answer.result ?? {};
	}
}
