import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import cors from '@fastify/cors';
import { type FastifyInstance, type FastifyServerFactoryHandler, fastify } from 'fastify';
import type { Config } from '../config/config.ts';
import { trustNobody } from '../config/trusted-proxies.ts';
import { AccessLog, type LineLog } from '../log/access-log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { RateWindow } from '../registry/rate-window.ts';
import type { RoomDirectory } from '../room/room-directory.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Store } from '../store/store.ts';
import { watchAllowedMethods } from './allowed-methods.ts';
import { addApiDescription, addApiPages } from './api-description.ts';
import { addBodyParsers } from './body-parsers.ts';
import { COMMON_HEADERS, CORS_HEADERS, CORS_METHODS } from './common-headers.ts';
import { addErrorHandler, answerBadPath, answerBrokenHttp, answerUnrouted, type ErrorLog } from './error-replies.ts';
import { parseUrlencoded } from './form-fields.ts';
import type { HttpContext, Readiness } from './http-context.ts';
import { BODY_BYTES_MAX, ID_LENGTH_MAX, KEEP_ALIVE_MS, REQUEST_TIMEOUT_MS } from './http-limits.ts';
import { ROUTES } from './routes.ts';
import { sessionUrls } from './session-urls.ts';
import { addWebPages } from './web-pages.ts';

export interface HttpAppOptions {
	readonly config: Pick<Config, 'tls' | 'production' | 'publicUrl' | 'trustedProxies'>;
	readonly store: Store;
	readonly rooms: RoomDirectory;
	readonly logger: LineLog & ErrorLog;
	readonly metrics: Metrics;
	readonly clock: Clock;
	/** A random UUID version 4. */
	readonly randomUuid: () => string;
	readonly readiness: () => Readiness;
	/** For the API description. */
	readonly version: string;
	/** Folder of the pages; without it none are served. */
	readonly webFolder?: string;
}

/** In the log and the metrics, for a path that no route takes. */
const UNKNOWN_ROUTE = 'unknown';

/** Polls of phones and helpers: answered 200 they are summed up in the log. */
const POLLS = ['GET /duress/listen', 'POST /duress/listen_for_helper'];

/**
 * The HTTP side of the server, ready for further plugins (the WebSocket routes) and then for `bindApp`. Its `close()` ends idle
 * connections and waits for the others.
 */
export async function createHttpApp(options: HttpAppOptions): Promise<FastifyInstance> {
	const { config, clock, metrics } = options;
	const accessLog = new AccessLog(options.logger, POLLS, (fn, ms) => clock.setTimer(fn, ms));
	const record = (method: string, route: string, status: number, ms: number, room = ''): void => {
		metrics.http.add(method, route, status);
		accessLog.record({ method, route, status, ms, ...(room === '' ? {} : { room }) });
	};
	const app = fastify({
		logger: false,
		bodyLimit: BODY_BYTES_MAX,
		routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: ID_LENGTH_MAX, querystringParser: parseUrlencoded },
		serverFactory: (handler) => createNodeServer(handler, config.tls),
		...(config.trustedProxies === trustNobody ? {} : { trustProxy: config.trustedProxies }),
		frameworkErrors: (error, request, reply) => {
			answerBadPath(error, reply);
			record(request.method, UNKNOWN_ROUTE, reply.statusCode, 0);
		},
		clientErrorHandler: answerBrokenHttp,
		ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
	});
	const allowedMethods = watchAllowedMethods(app);
	addBodyParsers(app);
	addErrorHandler(app, options.logger);
	app.decorateRequest('roomTag', '');
	app.addHook('onRequest', (_request, reply, done) => {
		reply.headers(COMMON_HEADERS);
		done();
	});
	await app.register(cors, { origin: '*', methods: CORS_METHODS, allowedHeaders: CORS_HEADERS, strictPreflight: false });
	// After every plugin's onRequest, so that each has seen the request, and before the body is read.
	app.addHook('preParsing', (request, reply, _payload, done) => {
		if (!answerUnrouted(request, reply, allowedMethods)) done();
	});
	app.addHook('onResponse', (request, reply, done) => {
		record(request.method, request.routeOptions.url ?? UNKNOWN_ROUTE, reply.statusCode, reply.elapsedTime, request.roomTag);
		done();
	});
	app.addHook('onClose', (_app, done) => {
		accessLog.flush();
		done();
	});
	await addApiDescription(app, options.version);
	const context: HttpContext = { ...options, helpRate: new RateWindow(), urlsFor: sessionUrls(config) };
	for (const route of ROUTES) route(app, context);
	if (options.webFolder !== undefined) await addWebPages(app, options.webFolder);
	await addApiPages(app);
	return app;
}

function createNodeServer(handler: RequestListener | FastifyServerFactoryHandler, tls: Config['tls']): Server {
	const settings: ServerOptions = {
		// Node would refuse it without CORS header and JSON; `sessionUrls` does without a Host.
		requireHostHeader: false,
		keepAliveTimeout: KEEP_ALIVE_MS,
		requestTimeout: REQUEST_TIMEOUT_MS,
		// Some HTTP clients offer `h2c` with every request: that is no reason to take its body away from it (RFC 9110, 7.8).
		shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
	};
	const listener: RequestListener = (request, response) => handler(request, response);
	return tls === undefined ? createServer(settings, listener) : createTlsServer({ ...settings, ...tls }, listener);
}
