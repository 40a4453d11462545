import { execFileSync } from 'node:child_process';
import { request } from 'node:https';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { HTTP_ERRORS } from '../../src/http/http-errors.ts';
import { requireProgram } from '../support/programs.ts';
import { get, postJson, pressHelp, sendRaw } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

afterEach(stopApps);

test('GET /healthz says that the process lives', async () => {
	const { base } = await startApp();
	expect(await get(base, '/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } });
});

describe('GET /readyz', () => {
	test('is 200 with each part and the warnings', async () => {
		const app = await startApp();
		app.readiness = { checks: { media: true }, warnings: ['no TURN'] };
		const { status, json } = await get(app.base, '/readyz');
		expect([status, json]).toEqual([200, { status: 'ready', checks: { store: true, media: true }, warnings: ['no TURN'] }]);
	});

	test('is 503 while a part is not', async () => {
		const app = await startApp();
		app.readiness = { checks: { media: false }, warnings: [] };
		expect(await get(app.base, '/readyz')).toMatchObject({ status: 503, json: { status: 'not ready', checks: { media: false } } });
		app.readiness = { checks: { media: true }, warnings: [] };
		await app.store.close();
		expect(await get(app.base, '/readyz')).toMatchObject({ status: 503, json: { checks: { store: false, media: true } } });
	});
});

test('GET /metrics counts answers, open requests and what happened to requests', async () => {
	const { base } = await startApp();
	await pressHelp(base, 'Maria');
	await pressHelp(base, 'Josef');
	await postJson(base, '/duress/give_help', { name: 'Josef', helper: 'Helga' });
	await postJson(base, '/duress/help', {});
	await get(base, '/no/such/path?name=Maria');
	const { status, text, headers } = await get(base, '/metrics');
	expect(status).toBe(200);
	expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
	for (const line of [
		'duress_http_requests_total{method="POST",route="/duress/help",status="200"} 2',
		'duress_http_requests_total{method="POST",route="/duress/help",status="400"} 1',
		'duress_http_requests_total{method="GET",route="unknown",status="404"} 1',
		'duress_open_requests 1',
		'duress_request_events_total{type="opened"} 2',
		'duress_request_events_total{type="taken"} 1',
	]) {
		expect(text.split('\n')).toContain(line);
	}
	expect(text).not.toMatch(/Maria|Josef|Helga/);
});

describe('the API description', () => {
	test('holds every route with its errors', async () => {
		const { base } = await startApp();
		const { json } = await get(base, '/docs/json');
		const { paths } = Object(json);
		expect(Object.keys(paths).sort()).toEqual([
			'/duress/broadcast/candidate',
			'/duress/broadcast/sdp',
			'/duress/cancel',
			'/duress/give_help',
			'/duress/help',
			'/duress/help_completed',
			'/duress/listen',
			'/duress/listen_for_helper',
			'/duress/session_info',
			'/duress/viewer/candidate',
			'/duress/viewer/sdp',
			'/healthz',
			'/metrics',
			'/readyz',
			'/room/create',
			'/room/{uuid}',
			'/stream/{suuid}',
		]);
		const help = paths['/duress/help'].post;
		expect(Object.keys(help.requestBody.content)).toEqual(['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']);
		expect(help.responses['400'].description).toBe('Invalid request; Missing name');
		expect(Object.keys(paths['/duress/give_help'].post.responses)).toEqual(['200', '400', '404', '409', '413', '415']);
	});

	test('can be browsed at /docs', async () => {
		const { base } = await startApp();
		const { status, text, headers } = await get(base, '/docs');
		expect(status).toBe(200);
		expect(text).toContain('swagger-ui');
		expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
		expect((await get(base, '/docs/static/swagger-ui-bundle.js')).status).toBe(200);
	});

	test('every error of the table is one line of plain words', () => {
		for (const { status, message } of Object.values(HTTP_ERRORS)) {
			expect(status).toBeGreaterThanOrEqual(400);
			expect(message).toMatch(/^[A-Z][A-Za-z ]+$/);
		}
	});
});

describe('TLS', () => {
	test('serves https, and URLs with wss', async () => {
		const tls = selfSigned(requireProgram('openssl'));
		const { port } = await startApp({ config: { tls } });
		const answer = await new Promise<string>((resolve, reject) => {
			const options = { host: '127.0.0.1', port, path: '/duress/help', method: 'POST', rejectUnauthorized: false };
			const sent = request({ ...options, headers: { 'content-type': 'application/json' } }, (response) => {
				response.setEncoding('utf8');
				let text = '';
				response.on('data', (part: string) => {
					text += part;
				});
				response.on('end', () => resolve(text));
			});
			sent.on('error', reject);
			sent.end('{"name":"Maria"}');
		});
		expect(answer).toContain(`"broadcasterWs":"wss://127.0.0.1:${port}/duress/`);
	});
});

describe('plugins registered before listening', () => {
	const prepare = async (app: FastifyInstance): Promise<void> => {
		await app.register(websocket);
		app.get('/late/:id/socket', { websocket: true }, (socket) => socket.send('hello'));
	};

	test('their routes take part in 405, letter case and the log', async () => {
		const { base, lines } = await startApp({ prepare });
		const answer = await postJson(base, '/LATE/1/socket/', {});
		expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
		expect(lines.at(-1)?.fields).toMatchObject({ method: 'POST', route: 'unknown', status: 405 });
	});

	test('an upgrade to their path works; to an unknown path it is refused in JSON and the socket closed', async () => {
		const { port } = await startApp({ prepare });
		const upgrade = (path: string): string =>
			`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
		expect(await sendRaw(port, upgrade('/late/1/socket'), 'hello')).toMatch(/^HTTP\/1\.1 101 /);
		// Waits for the server to close: these bytes never come.
		expect(await sendRaw(port, upgrade('/no/such/path'), 'never')).toMatch(/^HTTP\/1\.1 404 .*\{"error":"Not found"\}$/s);
	});
});

function selfSigned(openssl: string): { readonly cert: string; readonly key: string } {
	const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout - -out -'.split(' ');
	const pem = execFileSync(openssl, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
	const part = (label: string): string => new RegExp(`-----BEGIN ${label}-----[^]*?-----END ${label}-----`).exec(pem)?.[0] ?? '';
	return { cert: part('CERTIFICATE'), key: part('PRIVATE KEY') };
}
