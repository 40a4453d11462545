import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trustNobody } from '../../src/config/trusted-proxies.ts';
import { bindApp } from '../../src/http/bind-app.ts';
import { createHttpApp } from '../../src/http/http-app.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { Rooms } from '../../src/room/rooms.ts';
import { signalingRoutes } from '../../src/signaling/signaling-routes.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { ManualClock } from './support/manual-clock.ts';
import { RecordingEngine } from './support/recording-engine.ts';
import { goLive } from './support/session.ts';
import { SocketClient } from './support/socket-client.ts';

/** The HTTP routes and the WebSocket routes on one application and one set of rooms, as the server runs them. */
let app: FastifyInstance;
let base: string;
let rooms: Rooms;
let clock: ManualClock;
let engine: RecordingEngine;

beforeEach(async () => {
	clock = new ManualClock();
	engine = new RecordingEngine();
	const log = { info: () => {}, warn: () => {}, error: () => {} };
	const store = createMemoryStore();
	rooms = new Rooms({ media: engine, clock, randomBytes, log, onSignal: (roomId, signal) => void store.setSignal(roomId, signal) });
	engine.onEvent = (event) => rooms.handleEngineEvent(event);
	app = await createHttpApp({
		config: { tls: undefined, production: false, publicUrl: undefined, trustedProxies: trustNobody },
		store,
		rooms,
		logger: log,
		metrics: new Metrics(),
		clock,
		randomUuid: randomUUID,
		readiness: () => ({ checks: {}, warnings: [] }),
		version: '0.0.0-test',
	});
	await app.register(signalingRoutes, { rooms, clock, log, limits: { upgradeMs: 100 }, urlsFor: () => ({ wsOrigin: 'ws://test' }) });
	base = `127.0.0.1:${await bindApp(app, { host: '127.0.0.1', port: 0 })}`;
});

afterEach(() => app.close());

const connections = (): Promise<number> =>
	new Promise((resolve, reject) => {
		app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
	});

const post = async (path: string, body: object): Promise<Response> =>
	fetch(`http://${base}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

interface Help {
	readonly roomId: string;
	readonly streamId: string;
	readonly broadcasterWs: string;
	readonly viewerWebsocketUrl: string;
}

async function help(): Promise<Help> {
	const answer: Help = JSON.parse(await (await post('/duress/help', { name: 'Maria' })).text());
	return answer;
}

async function open(url: string): Promise<SocketClient> {
	const client = new SocketClient(url);
	await client.opened;
	return client;
}

test('the URLs that help answers with connect, and completing the help ends them', async () => {
	const { roomId, streamId, broadcasterWs, viewerWebsocketUrl } = await help();
	const viewer = await open(viewerWebsocketUrl);
	const streamViewer = await open(`ws://${base}/stream/${streamId}/websocket`);
	const broadcaster = await open(broadcasterWs);
	await viewer.next('duress-alert');
	expect((await post('/duress/help_completed', { name: 'Maria', helper: 'Florence' })).status).toBe(200);
	for (const client of [viewer, streamViewer, broadcaster]) {
		await client.next('duress-stop');
		expect((await client.closed).code).toBe(1000);
	}
	expect(await new SocketClient(broadcasterWs).refused).toEqual({ status: 404, body: { error: 'Room not found' } });
	expect(rooms.has(roomId)).toBe(false);
});

test('who helps is told to clients that asked for the added events', async () => {
	const { broadcasterWs } = await help();
	const broadcaster = await open(`${broadcasterWs}?v=2`);
	expect((await post('/duress/give_help', { name: 'Maria', helper: 'Florence' })).status).toBe(200);
	const again = await open(`${broadcasterWs}?v=2`);
	await again.next('session');
	expect(JSON.parse((await again.next('status')).data)).toEqual({ viewers: 0, helper: 'Florence' });
	await broadcaster.settled();
});

test('a signal that is lost and comes back is told in the list of calls, and forgotten with the call', async () => {
	const { roomId, broadcasterWs } = await help();
	const broadcaster = await open(broadcasterWs);
	await broadcaster.next('offer');
	const signal = async (): Promise<unknown> => Object(await (await fetch(`http://${base}/duress/listen`)).json()).signal;
	const now = (): number => Math.floor(clock.wallMs() / 1000);
	expect(await signal()).toEqual({ state: 'idle', since: now() });
	clock.advance(3000);
	goLive({ engine }, engine.last('open-peer').peerId);
	const liveSince = now();
	expect(await signal()).toEqual({ state: 'live', since: liveSince });

	// Away for less than 5 s, however often, is no news.
	const { publicationId } = engine.last('open-publication').publication;
	for (let time = 0; time < 100; time += 1) {
		engine.onEvent({ type: 'publication-lost', publicationId, silentMs: 2000 });
		clock.advance(2999);
		engine.onEvent({ type: 'publication-back', publicationId });
	}
	expect(await signal()).toEqual({ state: 'live', since: liveSince });
	engine.onEvent({ type: 'publication-lost', publicationId, silentMs: 2000 });
	const lostSince = now() - 2;
	clock.advance(3000);
	expect(await signal()).toEqual({ state: 'lost', since: lostSince });
	clock.advance(60_000);
	expect(await signal()).toEqual({ state: 'lost', since: lostSince });
	engine.onEvent({ type: 'publication-back', publicationId });
	expect(await signal()).toEqual({ state: 'live', since: now() });

	engine.onEvent({ type: 'publication-lost', publicationId, silentMs: 2000 });
	await post('/duress/cancel', { roomId });
	clock.advance(60_000);
	expect(await (await fetch(`http://${base}/duress/session_info?roomId=${roomId}`)).json()).toEqual({ error: 'Not found' });
	expect(clock.timers).toBe(0);
});

test.each([
	['/duress/broadcast/sdp', 'sdp', 'offer'],
	['/duress/viewer/sdp', 'sdp', 'answer'],
	['/duress/broadcast/candidate', 'candidate', 'candidate'],
	['/duress/viewer/candidate', 'candidate', 'candidate'],
])('%s reaches the sockets of the room', async (path, key, event) => {
	const { roomId, viewerWebsocketUrl } = await help();
	const viewer = await open(viewerWebsocketUrl);
	await viewer.next('offer');
	expect((await post(path, { roomId, [key]: 'text from elsewhere' })).status).toBe(200);
	expect(await viewer.next(event)).toEqual({ event, data: 'text from elsewhere', via: 'http' });
});

test('refusals carry the CORS header, also before an upgrade', async () => {
	const missing = await fetch(`http://${base}/duress/none/websocket`);
	expect(missing.status).toBe(404);
	expect(missing.headers.get('access-control-allow-origin')).toBe('*');
	const { roomId } = await help();
	const plain = await fetch(`http://${base}/duress/${roomId}/websocket`);
	expect(plain.status).toBe(426);
	expect(plain.headers.get('access-control-allow-origin')).toBe('*');
	const wrong = await post(`/duress/${roomId}/websocket`, {});
	expect(wrong.status).toBe(405);
	expect(wrong.headers.get('allow')).toContain('GET');
});

test('an upgrade request to an HTTP route or to nothing is answered as HTTP, and its socket ends', async () => {
	expect(await new SocketClient(`ws://${base}/duress/listen`).refused).toEqual({ status: 200, body: null });
	for (const path of ['/nowhere', '/duress/give_help', '/duress/none/websocket', '/%zz']) {
		const client = new SocketClient(`ws://${base}${path}`);
		expect((await client.refused).status).toBeGreaterThanOrEqual(400);
	}
	while ((await connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
});

test('the WebSocket routes are in the API description', async () => {
	const document: { paths: Record<string, unknown> } = JSON.parse(JSON.stringify(await (await fetch(`http://${base}/docs/json`)).json()));
	expect(Object.keys(document.paths)).toContain('/duress/{id}/viewer/websocket');
});
