import { join } from 'node:path';
import { Value } from 'typebox/value';
import { end, start } from './children.ts';
import { type Clients, type Command, type Joined, joined, type Measured, measured, reply } from './load/commands.ts';
import type { ServerUnderTest } from './servers/server-under-test.ts';

const program = join(import.meta.dirname, 'load', 'main.ts');

type Asked = Exclude<Command, { type: 'pion' }>;
/** Without the id, which is given here. */
type Question = Asked extends infer One ? (One extends Asked ? Omit<One, 'id'> : never) : never;

export interface LoadProcessOptions {
	readonly server: ServerUnderTest;
	readonly core: number | undefined;
	readonly native: boolean;
}

/** A process of clients. */
export class LoadProcess {
	readonly #child: ReturnType<typeof start>;
	readonly #server: ServerUnderTest;
	readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
	readonly #ready = Promise.withResolvers<void>();
	#lastId = 0;
	/** Called when a window of measuring opens. */
	onMeasuring: (() => void) | undefined;

	private constructor({ server, core }: LoadProcessOptions) {
		this.#server = server;
		this.#child = start(core, process.execPath, ['--disable-warning=ExperimentalWarning', program], {
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		});
		this.#child.on('message', (message) => this.#receive(message));
		this.#child.once('error', (error) => this.#fail(`could not be started: ${error.message}`));
		this.#child.once('exit', (code, signal) => this.#fail(`ended with ${signal ?? code}`));
	}

	static async open(options: LoadProcessOptions): Promise<LoadProcess> {
		const load = new LoadProcess(options);
		await load.#ready.promise;
		const { pid: serverPid, url } = options.server;
		const core = options.core === undefined ? {} : { core: options.core };
		await load.#ask({ type: 'start', serverPid, native: options.native, ...(url === undefined ? {} : { url }), ...core });
		return load;
	}

	/** A line of the server's for one of this process's clients. */
	hear(line: Extract<Command, { type: 'pion' }>['line']): void {
		if (this.#child.connected) this.#child.send({ type: 'pion', line });
	}

	async publish(rooms: readonly string[], size: number, pps: number): Promise<void> {
		await this.#ask({ type: 'publish', rooms: [...rooms], size, pps });
	}

	async join(rooms: readonly string[], viewers: number, atOnce: number, clients: Clients): Promise<Joined> {
		return Value.Parse(joined, await this.#ask({ type: 'join', rooms: [...rooms], viewers, atOnce, clients }));
	}

	async measure(pps: number, seconds: number, warmUpSeconds: number): Promise<Measured> {
		return Value.Parse(measured, await this.#ask({ type: 'measure', pps, seconds, warmUpSeconds }));
	}

	async churn(room: string, count: number, atOnce: number): Promise<Joined> {
		return Value.Parse(joined, await this.#ask({ type: 'churn', room, count, atOnce }));
	}

	/** The process ends; its clients do not say goodbye. */
	async stop(): Promise<void> {
		await end(this.#child, () => {
			if (this.#child.connected) this.#child.disconnect();
		});
	}

	#ask(question: Question): Promise<unknown> {
		const id = ++this.#lastId;
		const waiting = Promise.withResolvers<unknown>();
		this.#waiting.set(id, waiting);
		this.#child.send({ ...question, id });
		return Promise.race([waiting.promise, this.#server.crashed]).finally(() => this.#waiting.delete(id));
	}

	#receive(message: unknown): void {
		const told = Value.Parse(reply, message);
		if (told.type === 'ready') this.#ready.resolve();
		else if (told.type === 'pion') this.#server.say(told.line);
		else if (told.type === 'measuring') this.onMeasuring?.();
		else if (told.type === 'done') this.#waiting.get(told.id)?.resolve(told.result);
		else this.#waiting.get(told.id)?.reject(new Error(`the load failed: ${told.why}`));
	}

	#fail(why: string): void {
		const error = new Error(`the load process ${why}`);
		this.#ready.reject(error);
		for (const waiting of this.#waiting.values()) waiting.reject(error);
	}
}
