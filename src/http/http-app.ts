import { createServer, type RequestListener, type Server } from 'node:http';
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

/** Polls of phones and helpers: answered 200 they are summed up in the log. */
const POLLS = ['GET /duress/listen', 'POST /duress/listen_for_helper'];

/**
 * The HTTP side of the server, ready for further plugins (the WebSocket routes) and then for `bindApp`. Its `close()` ends idle
 * connections and waits for the others.
 */
export async function createHttpApp(options: HttpAppOptions): Promise<FastifyInstance> {
	const { config, clock, metrics } = options;
	const app = fastify({
		logger: false,
		bodyLimit: BODY_BYTES_MAX,
		routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: ID_LENGTH_MAX, querystringParser: parseUrlencoded },
		serverFactory: (handler) => createNodeServer(handler, config.tls),
		...(config.trustedProxies === trustNobody ? {} : { trustProxy: config.trustedProxies }),
		frameworkErrors: answerBadPath,
		clientErrorHandler: answerBrokenHttp,
		ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
	});
	const accessLog = new AccessLog(options.logger, POLLS, (fn, ms) => clock.setTimer(fn, ms));
	const allowedMethods = watchAllowedMethods(app);
	addBodyParsers(app);
	addErrorHandler(app, options.logger);
	app.decorateRequest('roomTag', '');
	app.addHook('onRequest', (_request, reply, done) => {
		reply.headers(COMMON_HEADERS);
		done();
	});
	await app.register(cors, { origin: '*', methods: CORS_METHODS, allowedHeaders: CORS_HEADERS, strictPreflight: false });
	app.addHook('onRequest', (request, reply, done) => {
		if (!answerUnrouted(request, reply, allowedMethods)) done();
	});
	app.addHook('onResponse', (request, reply, done) => {
		const route = request.routeOptions.url ?? 'unknown';
		metrics.http.add(request.method, route, reply.statusCode);
		const room = request.roomTag === '' ? {} : { room: request.roomTag };
		accessLog.record({ method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime, ...room });
		done();
	});
	app.addHook('onClose', (_app, done) => {
		accessLog.flush();
		done();
	});
	await addApiDescription(app, options.version);
	const context: HttpContext = { ...options, helpRate: new RateWindow(), urlsFor: sessionUrls(config) };
	for (const route of ROUTES) route(app, context);
	if (options.webFolder !== undefined) addWebPages(app, options.webFolder);
	await addApiPages(app);
	return app;
}

/** `requireHostHeader`: off, because Node would answer without CORS header and JSON; `sessionUrls` does without a Host. */
function createNodeServer(handler: RequestListener | FastifyServerFactoryHandler, tls: Config['tls']): Server {
	const settings = { requireHostHeader: false, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS };
	const listener: RequestListener = (request, response) => handler(request, response);
	return tls === undefined ? createServer(settings, listener) : createTlsServer({ ...settings, ...tls }, listener);
}
