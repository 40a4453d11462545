/** The composition root: makes the parts, tells them of each other, and ends them in the opposite order. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config/config.ts';
import { loadConfig } from './config/load-config.ts';
import { createCertificate } from './dtls/certificate.ts';
import { bindApp } from './http/bind-app.ts';
import { createHttpApp } from './http/http-app.ts';
import { sessionUrls } from './http/session-urls.ts';
import { wishRoutes } from './http/wish/wish-routes.ts';
import { createServerLog } from './log/server-log.ts';
import { engineGauges } from './media/engine-gauges.ts';
import { EnginePool } from './media/pool/engine-pool.ts';
import { Metrics } from './metrics/metrics.ts';
import { Rooms } from './room/rooms.ts';
import { sweepArrayBuffersHere } from './runtime/array-buffers.ts';
import { guardedClock, systemClock } from './runtime/clock.ts';
import { newSignalingCounts } from './signaling/signaling-counts.ts';
import { signalingGauges } from './signaling/signaling-gauges.ts';
import { signalingRoutes } from './signaling/signaling-routes.ts';
import { createMemoryStore } from './store/memory-store.ts';

/** From SIGTERM on, before what is still open is cut off. */
const STOP_WITHIN_MS = 5_000;
/** A terminal's Ctrl-C reaches the server twice, directly and through npm: a second signal means it only after this. */
const SAME_SIGNAL_MS = 500;

const loaded = loadConfig({ argv: process.argv.slice(2), env: process.env });
if (loaded.outcome === 'help') process.stdout.write(loaded.text);
else if (loaded.outcome === 'error') fail(loaded.message);
else await run(loaded.config);

async function run(config: Config): Promise<void> {
	sweepArrayBuffersHere();
	const { logger, drain } = createServerLog(config.log);
	// A fault in one session's timer must not end the others. Its message may quote what a client sent: the stack alone is logged.
	const clock = guardedClock(systemClock, (fault) => logger.error({ err: fault }, 'timer fault'));
	const metrics = new Metrics({ processMetrics: true });
	const store = createMemoryStore({ onEvent: metrics.countEvent });
	const { announcedIps = [], ...media } = config.media;
	const engine = await EnginePool.open({
		...media,
		announcedIps,
		production: config.production,
		certificate: await createCertificate(),
		log: logger,
	}).catch((error: unknown) => fail(`cannot open the media socket ${reasonOf(error)}`));
	const rooms = new Rooms({
		media: engine,
		clock,
		randomBytes,
		log: logger,
		onSignal: (roomId, signal) => {
			store.setSignal(roomId, signal).catch((fault: unknown) => logger.error({ err: fault }, 'signal not kept'));
		},
	});
	engine.onEvent = (event) => rooms.handleEngineEvent(event);

	const counts = newSignalingCounts();
	for (const gauge of [...engineGauges(engine), ...signalingGauges(counts)]) metrics.addGauge(gauge);
	metrics.addGauge({ name: 'duress_open_requests', help: 'Open requests for help.', read: async () => (await store.counts()).open });
	metrics.addGauge({ name: 'duress_rooms', help: 'Rooms.', read: () => rooms.counts().rooms });
	metrics.addGauge({ name: 'duress_peers', help: 'Peer connections, parked ones too.', read: () => rooms.counts().peers });
	metrics.addGauge({
		name: 'duress_room_entries',
		help: 'Everything that rooms hold: rooms, streams, peers, transports, publications and SSRCs.',
		read: () => Object.values(rooms.counts()).reduce((sum, count) => sum + count, 0),
	});

	const warnings = config.production
		? ['ICE policy for clients is "all": no TURN server is configured, so clients that cannot reach the media port directly cannot connect']
		: [];
	for (const warning of warnings) logger.warn(warning);
	const app = await createHttpApp({
		config,
		store,
		rooms,
		logger,
		metrics,
		clock,
		randomUuid: randomUUID,
		readiness: () => ({ checks: { media: engine.isReady, store: store.ready() }, warnings }),
		version: projectVersion(),
		webFolder: join(import.meta.dirname, '..', 'web'),
	});
	await app.register(wishRoutes, { rooms });
	await app.register(signalingRoutes, { rooms, clock, log: logger, counts, urlsFor: sessionUrls(config) });
	const port = await bindApp(app, config.listen).catch((error: unknown) =>
		fail(`cannot listen on port ${config.listen.port}: ${reasonOf(error)}`),
	);
	logger.info({ workers: media.workers }, engine.path);
	logger.info({ port, mediaPort: engine.ports[0], mediaPorts: engine.ports }, 'ready');

	let stoppingSinceMs: number | undefined;
	const stop = async (signal: string): Promise<void> => {
		if (stoppingSinceMs !== undefined) {
			if (performance.now() - stoppingSinceMs > SAME_SIGNAL_MS) process.exit(1);
			return;
		}
		stoppingSinceMs = performance.now();
		logger.info({ signal }, 'stopping');
		setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
		await app.close();
		await engine.close();
		await store.close();
		logger.info('stopped');
		await drain();
		process.exit(0);
	};
	process.on('SIGTERM', (signal) => void stop(signal));
	process.on('SIGINT', (signal) => void stop(signal));
}

function fail(message: string): never {
	process.stderr.write(`duress-server: ${message}\n`);
	process.exit(1);
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function projectVersion(): string {
	const text: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
	return typeof text === 'object' && text !== null && 'version' in text ? String(text.version) : '0';
}
