import { EventEmitter, once } from 'node:events';
import WebSocket from 'ws';
import { until } from './until.ts';

/** Start a server with this to be able to look into it. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/** Calls a method of the inspector's protocol. */
export type Call = (method: string, params?: object) => Promise<Record<string, unknown>>;

/** Node's inspector: the protocol's own calls for the main thread, the same wrapped into the domain NodeWorker for each worker. */
export class Inspector {
	readonly #socket: WebSocket;
	readonly #answers = new EventEmitter();
	readonly #sessions = new Map<string, string>();
	#calls = 0;

	private constructor(socket: WebSocket) {
		this.#socket = socket;
		this.#socket.on('message', (message) => this.#receive(JSON.parse(String(message))));
	}

	/** `log` is what the server has written, where the inspector's address stands. */
	static async open(server: { log(): string }): Promise<Inspector> {
		const address = (): string | undefined => /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(server.log())?.[0];
		await until('the address of the inspector', 5000, () => address() !== undefined);
		const socket = new WebSocket(address() ?? '');
		await once(socket, 'open');
		return new Inspector(socket);
	}

	readonly call: Call = (method, params = {}) => this.#call(method, params);

	/** A way to call each worker, by its name. Those that run already are told of before the answer. */
	async workers(): Promise<Map<string, Call>> {
		await this.#call('NodeWorker.enable', { waitForDebuggerOnStart: false });
		return new Map(
			[...this.#sessions].map(([name, sessionId]) => [name, (method, params = {}) => this.#callWorker(sessionId, method, params)]),
		);
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

	async #callWorker(sessionId: string, method: string, params: object): Promise<Record<string, unknown>> {
		const id = this.#nextId();
		const answer = once(this.#answers, `${sessionId} ${id}`);
		await this.#call('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method, params }) });
		return (await answer)[0];
	}

	#nextId(): number {
		this.#calls += 1;
		return this.#calls;
	}

	#receive(message: {
		readonly id?: number;
		readonly method?: string;
		readonly params?: { readonly sessionId: string; readonly message?: string; readonly workerInfo?: { readonly title: string } };
		readonly result?: Record<string, unknown>;
	}): void {
		const { id, method, params, result } = message;
		if (id !== undefined) this.#answers.emit(`${id}`, result ?? {});
		if (params === undefined) return;
		if (params.workerInfo !== undefined) this.#sessions.set(params.workerInfo.title.replace(/^\[worker \d+\] /, ''), params.sessionId);
		if (method !== 'NodeWorker.receivedMessageFromWorker' || params.message === undefined) return;
		const answer: { readonly id?: number; readonly result?: Record<string, unknown> } = JSON.parse(params.message);
		this.#answers.emit(`${params.sessionId} ${answer.id}`, answer.result ?? {});
	}
}

/** Ends one of a server's worker threads at once, as an uncaught fault or the end of its memory would. */
export async function killWorker(server: { log(): string }, name: string): Promise<void> {
	const losses = (): number => server.log().split('media worker lost').length;
	const before = losses();
	const inspector = await Inspector.open(server);
	try {
		const call = (await inspector.workers()).get(name);
		if (call === undefined) throw new Error(`the server has no worker ${name}`);
		// It has ended before it could answer.
		void call('Runtime.evaluate', { expression: 'process.exit(1)' });
		await until('the end of the worker', 5000, () => losses() > before);
	} finally {
		inspector.close();
	}
}
