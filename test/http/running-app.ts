import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../src/config/config.ts';
import { trustNobody } from '../../src/config/trusted-proxies.ts';
import { bindApp } from '../../src/http/bind-app.ts';
import { createHttpApp } from '../../src/http/http-app.ts';
import type { Readiness } from '../../src/http/http-context.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { MemoryRooms } from './memory-rooms.ts';

export interface Line {
	readonly level: 'info' | 'error';
	readonly fields: Readonly<Record<string, unknown>>;
	readonly message: string;
}

/** Time that moves when told. Wall time starts at a round second. */
export class HandClock implements Clock {
	#ms = 0;
	readonly #timers = new Set<{ readonly at: number; readonly fn: () => void }>();

	nowMs(): number {
		return this.#ms;
	}

	wallMs(): number {
		return 1_700_000_000_000 + this.#ms;
	}

	setTimer(fn: () => void, ms: number): () => void {
		const timer = { at: this.#ms + ms, fn };
		this.#timers.add(timer);
		return () => this.#timers.delete(timer);
	}

	move(ms: number): void {
		this.#ms += ms;
		for (const timer of [...this.#timers]) {
			if (timer.at > this.#ms) continue;
			this.#timers.delete(timer);
			timer.fn();
		}
	}
}

export interface RunningApp {
	readonly app: FastifyInstance;
	readonly port: number;
	readonly base: string;
	readonly rooms: MemoryRooms;
	readonly clock: HandClock;
	readonly lines: Line[];
	readonly metrics: Metrics;
	readonly store: ReturnType<typeof createMemoryStore>;
	readiness: Readiness;
}

export interface AppSettings {
	readonly config?: Partial<Pick<Config, 'tls' | 'production' | 'publicUrl' | 'trustedProxies'>>;
	readonly webFolder?: string;
	readonly liveMax?: number;
	readonly prepare?: (app: FastifyInstance) => Promise<void>;
}

const started: FastifyInstance[] = [];

/** A real server on a free port of the loopback, with its own store, rooms, clock and log. */
export async function startApp(settings: AppSettings = {}): Promise<RunningApp> {
	const rooms = new MemoryRooms();
	const clock = new HandClock();
	const lines: Line[] = [];
	const metrics = new Metrics();
	const store = createMemoryStore({
		onEvent: metrics.countEvent,
		...(settings.liveMax === undefined ? {} : { liveMax: settings.liveMax }),
	});
	metrics.addGauge({ name: 'duress_open_requests', help: 'Open requests.', read: async () => (await store.counts()).open });
	const state = { readiness: { checks: { media: true }, warnings: [] } satisfies Readiness as Readiness };
	const app = await createHttpApp({
		config: { tls: undefined, production: false, publicUrl: undefined, trustedProxies: trustNobody, ...settings.config },
		store,
		rooms,
		logger: {
			info: (fields, message) => lines.push({ level: 'info', fields, message }),
			error: (fields, message) => lines.push({ level: 'error', fields, message }),
		},
		metrics,
		clock,
		randomUuid: randomUUID,
		readiness: () => running.readiness,
		version: '0.0.0-test',
		...(settings.webFolder === undefined ? {} : { webFolder: settings.webFolder }),
	});
	await settings.prepare?.(app);
	started.push(app);
	const port = await bindApp(app, { host: '127.0.0.1', port: 0 });
	const scheme = settings.config?.tls === undefined ? 'http' : 'https';
	const running: RunningApp = { app, port, base: `${scheme}://127.0.0.1:${port}`, rooms, clock, lines, metrics, store, ...state };
	return running;
}

/** For `afterEach`. */
export async function stopApps(): Promise<void> {
	await Promise.all(started.splice(0).map((app) => app.close()));
}
