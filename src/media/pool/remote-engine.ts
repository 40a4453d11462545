import { type MessagePort, Worker } from 'node:worker_threads';
import type { Publication } from '../../negotiation/media-description.ts';
import type { EngineAddress, EngineCommand, EngineEvent } from '../engine-port.ts';
import type { MediaLog } from '../media-log.ts';
import type { EngineView, FromWorker, ToWorker, WorkerOptions } from './worker-messages.ts';

export interface RemoteEngineListener {
	event(event: EngineEvent): void;
	/** The thread has ended though nobody closed it. Nothing comes from it any more. */
	lost(reason: string): void;
}

/** A thread that has not answered for so long serves nobody: it is ended, and replaced as one that died. */
const ANSWER_WITHIN_MS = 10_000;

/** An engine that has bound its socket. */
export interface Ready {
	readonly address: EngineAddress;
	readonly port: number;
	readonly path: string;
}

/** One media worker as the main thread sees it. What is sent before it is ready waits for it. */
export class RemoteEngine {
	/** Rejects when the socket cannot be bound or the thread ends before. */
	readonly ready: Promise<Ready>;
	readonly #worker: Worker;
	readonly #listener: RemoteEngineListener;
	readonly #log: MediaLog;
	readonly #looks: { resolve(view: EngineView | undefined): void }[] = [];
	#becomeReady: (ready: Ready) => void = () => {};
	#refuse: (error: Error) => void = () => {};
	#isReady = false;
	#ended = false;
	#fault = 'it has ended';
	#closed: Promise<void> | undefined;

	/** @param name for tools that look at threads */
	constructor(name: string, options: WorkerOptions, log: MediaLog, listener: RemoteEngineListener) {
		this.#listener = listener;
		this.#log = log;
		this.ready = new Promise((resolve, reject) => {
			this.#becomeReady = resolve;
			this.#refuse = reject;
		});
		this.#worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { workerData: options, name });
		this.#worker.on('message', (message: FromWorker) => this.#receive(message));
		this.#worker.on('error', (error) => {
			this.#fault = error.message;
			log.warn({ error }, 'media worker fault');
		});
		this.#worker.on('exit', () => this.#end());
	}

	get isReady(): boolean {
		return this.#isReady && !this.#ended;
	}

	send(command: EngineCommand): void {
		this.#tell({ type: 'command', command });
	}

	openMirror(publication: Publication, port: MessagePort): void {
		this.#tell({ type: 'open-mirror', publication, port }, port);
	}

	feedMirror(publicationId: string, port: MessagePort): void {
		this.#tell({ type: 'feed-mirror', publicationId, port }, port);
	}

	/** What the engine holds now; undefined when it has ended, as it has when it does not answer. */
	look(): Promise<EngineView | undefined> {
		if (!this.isReady) return Promise.resolve(undefined);
		return new Promise((resolve) => {
			const deadline = setTimeout(() => {
				this.#fault = 'it does not answer';
				void this.#worker.terminate();
			}, ANSWER_WITHIN_MS);
			this.#looks.push({
				resolve: (view) => {
					clearTimeout(deadline);
					resolve(view);
				},
			});
			this.#tell({ type: 'look' });
		});
	}

	/** Ends the engine, then its thread. Twice is harmless. */
	close(): Promise<void> {
		this.#closed ??= new Promise((resolve) => {
			if (this.#ended) {
				resolve();
				return;
			}
			this.#worker.once('exit', () => resolve());
			if (this.#isReady) this.#tell({ type: 'close' });
			else void this.#worker.terminate();
		});
		return this.#closed;
	}

	#tell(message: ToWorker, port?: MessagePort): void {
		// The other end of a port that nobody takes would fill up.
		if (this.#ended) port?.close();
		else this.#worker.postMessage(message, port === undefined ? [] : [port]);
	}

	#receive(message: FromWorker): void {
		switch (message.type) {
			case 'ready':
				this.#isReady = true;
				this.#becomeReady(message);
				return;
			case 'refused':
				this.#fault = message.reason;
				this.#refuse(new Error(message.reason));
				void this.#worker.terminate();
				return;
			case 'event':
				this.#listener.event(message.event);
				return;
			case 'log':
				this.#log[message.level](message.fields, message.message);
				return;
			case 'view':
				this.#looks.shift()?.resolve(message.view);
				return;
			case 'closed':
				void this.#worker.terminate();
		}
	}

	#end(): void {
		this.#ended = true;
		this.#refuse(new Error(this.#fault));
		for (const { resolve } of this.#looks.splice(0)) resolve(undefined);
		if (this.#closed === undefined) this.#listener.lost(this.#fault);
	}
}
