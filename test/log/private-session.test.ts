import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { parseTrustedProxies, trustNobody } from '../../src/config/trusted-proxies.ts';
import { bindApp } from '../../src/http/bind-app.ts';
import { createHttpApp } from '../../src/http/http-app.ts';
import { createServerLog } from '../../src/log/server-log.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { BODY_FORMS, get, pressHelp, send, sendRaw } from '../http/http-client.ts';
import { MemoryRooms } from '../http/memory-rooms.ts';
import { HandClock, stopApps } from '../http/running-app.ts';

afterEach(stopApps);

/** What no log line may hold: each is sent in every way there is. */
const SECRETS = {
	name: 'Mariaxyz',
	helper: 'Helgaxyz',
	mobile: '+4915117171717',
	zone: 'Wardxyz',
	reason: 'Mistakexyz',
	address: '198.51.100.77',
	token: 'tokenxyz',
	sdp: 'v=0 sdpxyz 203.0.113.9',
};

test('the log of a whole session holds no name, mobile, address, token or id that opens a room', async () => {
	const lines: string[] = [];
	const { logger } = createServerLog({ level: 'trace', format: 'json', stream: { write: (line) => lines.push(line) } });
	const rooms = new MemoryRooms();
	const metrics = new Metrics();
	const app = await createHttpApp({
		config: {
			tls: undefined,
			production: false,
			publicUrl: undefined,
			trustedProxies: parseTrustedProxies('127.0.0.1') ?? trustNobody,
		},
		store: createMemoryStore({ onEvent: metrics.countEvent }),
		rooms,
		logger,
		metrics,
		clock: new HandClock(),
		randomUuid: randomUUID,
		readiness: () => ({ checks: {}, warnings: [] }),
		version: '0.0.0-test',
	});
	const port = await bindApp(app, { host: '127.0.0.1', port: 0 });
	const base = `http://127.0.0.1:${port}`;
	const private_ = { 'x-forwarded-for': SECRETS.address, authorization: `Bearer ${SECRETS.token}`, 'user-agent': SECRETS.token };
	const ids = new Set<string>();

	for (const form of Object.values(BODY_FORMS)) {
		const { roomId, streamId } = await pressHelp(base, SECRETS.name);
		ids.add(roomId).add(streamId);
		const post = async (path: string, fields: Record<string, string>): Promise<void> => {
			const { headers = {}, ...init } = form(fields);
			await send(base, 'POST', path, { ...init, headers: { ...Object(headers), ...private_ } });
		};
		await post('/duress/help', SECRETS);
		await post('/duress/help', { zone: SECRETS.zone, name: '' });
		await get(base, `/duress/listen?token=${SECRETS.token}`, private_);
		for (const path of ['/duress/broadcast/sdp', '/duress/viewer/sdp']) await post(path, { roomId, sdp: SECRETS.sdp });
		for (const path of ['/duress/broadcast/candidate', '/duress/viewer/candidate']) await post(path, { roomId, candidate: SECRETS.sdp });
		for (const path of ['/duress/give_help', '/duress/listen_for_helper', '/duress/help_completed', '/duress/cancel']) {
			await post(path, SECRETS);
			await post(`${path}?name=${SECRETS.name}&helper=${SECRETS.helper}`, {});
			await post(path, { name: SECRETS.name, helper: 'x'.repeat(300) });
			await post(path, { roomId, helper: SECRETS.helper, reason: SECRETS.reason });
		}
		await get(base, `/duress/session_info?name=${SECRETS.name}`, private_);
		await get(base, `/room/${roomId}?token=${SECRETS.token}`, private_);
		await get(base, `/stream/${streamId}`, private_);
	}
	for (const path of [
		'/room/create',
		`/${SECRETS.name}`,
		`/room/${SECRETS.name}`,
		`/%zz${SECRETS.name}`,
		'/readyz',
		'/metrics',
		'/docs/json',
	]) {
		await get(base, path, private_);
	}
	for (const body of [`{"name":"${SECRETS.name}`, `${SECRETS.mobile}{`, `["${SECRETS.name}"]`]) {
		await send(base, 'POST', '/duress/help', { body, headers: { 'content-type': 'application/json', ...private_ } });
		await send(base, 'PUT', `/duress/help?name=${SECRETS.name}`, { body, headers: { 'content-type': SECRETS.name, ...private_ } });
	}
	await sendRaw(port, `${SECRETS.name}\r\n\r\n`);
	rooms.open = () => {
		throw new Error(`${SECRETS.name} ${SECRETS.mobile} ${SECRETS.address}`);
	};
	await send(base, 'POST', '/duress/help', { body: new URLSearchParams({ name: SECRETS.name }), headers: private_ });
	await app.close();

	const log = lines.join('');
	expect(lines.length).toBeGreaterThan(50);
	expect(log).toContain('"route":"/duress/give_help"');
	expect(log).toContain('"msg":"request failed"');
	expect(log).toContain('"msg":"polls"');
	for (const secret of [...Object.values(SECRETS), ...rooms.completed, ...ids, '127.0.0.1', '203.0.113.9', '15117171717']) {
		expect(log).not.toContain(secret);
	}
	for (const line of lines) {
		// Neither may stand in any line, wherever it came from: dotted quads and telephone numbers.
		expect(line).not.toMatch(/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/);
		expect(line).not.toMatch(/\+\d{6,}/);
	}
});
