import { EventEmitter, once } from 'node:events';
import WebSocket from 'ws';
import { until } from './until.ts';

/** Start a server with this to be able to look into its heap. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

type Call = (method: string) => Promise<Record<string, unknown>>;

/**
 * Bytes on the heaps of a running server, of its main thread and of its workers, buffers included, that are really in use: its inspector is made to
 * collect garbage first, so two looks can be compared. `log` is what the server has written, where the inspector's address stands.
 */
export async function usedHeapBytes(server: { log(): string }): Promise<number> {
	const address = (): string | undefined => /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(server.log())?.[0];
	await until('the address of the inspector', 5000, () => address() !== undefined);
	const inspector = new Inspector(address() ?? '');
	await inspector.opened;
	try {
		const workers = await inspector.workers();
		let used = 0;
		for (const call of [inspector.call, ...workers]) used += await usedBytes(call);
		return used;
	} finally {
		inspector.close();
	}
}

async function usedBytes(call: Call): Promise<number> {
	// Twice: what a finaliser lets go is collected the second time.
	await call('HeapProfiler.collectGarbage');
	await call('HeapProfiler.collectGarbage');
	const { usedSize, backingStorageSize } = await call('Runtime.getHeapUsage');
	if (typeof usedSize !== 'number' || typeof backingStorageSize !== 'number') throw new Error('the inspector gave no heap usage');
	return usedSize + backingStorageSize;
}

/** Node's inspector: the protocol's own calls for the main thread, the same wrapped into the domain NodeWorker for each worker. */
class Inspector {
	readonly opened: Promise<unknown>;
	readonly #socket: WebSocket;
	readonly #answers = new EventEmitter();
	readonly #sessions: string[] = [];
	#calls = 0;

	constructor(address: string) {
		this.#socket = new WebSocket(address);
		this.opened = once(this.#socket, 'open');
		this.#socket.on('message', (message) => this.#receive(JSON.parse(String(message))));
	}

	readonly call: Call = (method) => this.#call(method, {});

	/** A way to call each worker. Those that run already are told of before the answer. */
	async workers(): Promise<Call[]> {
		await this.#call('NodeWorker.enable', { waitForDebuggerOnStart: false });
		return this.#sessions.map((sessionId) => async (method) => {
			const id = this.#nextId();
			const answer = once(this.#answers, `${sessionId} ${id}`);
			await this.#call('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method }) });
			return (await answer)[0];
		});
	}

	close(): void {
		this.#socket.close();
	}

	async #call(method: string, params: object): Promise<Record<string, unknown>> {
		const id = this.#nextId();
		const answer = once(this.#answers, `${id}`);
		this.#socket.send(JSON.stringify({ id, method, params }));
		return (await answer)[0];
	}

	#nextId(): number {
		this.#calls += 1;
		return this.#calls;
	}

	#receive(message: {
		readonly id?: number;
		readonly method?: string;
		readonly params?: { readonly sessionId: string; readonly message?: string };
		readonly result?: Record<string, unknown>;
	}): void {
		const { id, method, params, result } = message;
		if (id !== undefined) this.#answers.emit(`${id}`, result ?? {});
		if (params === undefined) return;
		if (method === 'NodeWorker.attachedToWorker') this.#sessions.push(params.sessionId);
		if (method !== 'NodeWorker.receivedMessageFromWorker' || params.message === undefined) return;
		const answer: { readonly id?: number; readonly result?: Record<string, unknown> } = JSON.parse(params.message);
		this.#answers.emit(`${params.sessionId} ${answer.id}`, answer.result ?? {});
	}
}
