import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics/metrics.ts';
import type { RateWindow } from '../registry/rate-window.ts';
import type { RoomDirectory } from '../room/room-directory.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Store } from '../store/store.ts';
import type { HttpErrorName } from './http-errors.ts';
import type { SessionUrls } from './session-urls.ts';

/** What routes need of the world. */
export interface HttpContext {
	readonly store: Store;
	readonly rooms: RoomDirectory;
	readonly clock: Clock;
	/** A random UUID version 4. */
	readonly randomUuid: () => string;
	readonly helpRate: RateWindow;
	readonly metrics: Metrics;
	readonly readiness: () => Readiness;
	/** The URLs that the answer to this request names. */
	readonly urlsFor: (request: FastifyRequest) => SessionUrls;
}

/** Whether the server can do its work, part by part. */
export interface Readiness {
	readonly checks: Readonly<Record<string, boolean>>;
	/** What works but not as it should in production. */
	readonly warnings: readonly string[];
}

export type Route = (app: FastifyInstance, context: HttpContext) => void;

declare module 'fastify' {
	interface FastifyContextConfig {
		/** The error for a body that cannot be parsed, is no object or holds wrong types. Default: `invalid-request`. */
		readonly invalid?: HttpErrorName;
	}
	interface FastifyRequest {
		/** The room that the request is about, as the log names it. */
		roomTag: string;
	}
}
