import { afterEach, describe, expect, test } from 'vitest';
import { get, postJson, pressHelp, send, sendRaw } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

afterEach(stopApps);

const JSON_TYPE = 'application/json; charset=utf-8';

describe('CORS', () => {
	test.each(['/duress/help', '/duress/listen', '/room/create', '/no/such/path', '/'])('OPTIONS %s is 204 and allows', async (path) => {
		const { base, rooms } = await startApp();
		const preflight = { origin: 'https://help.example', 'access-control-request-method': 'POST' };
		for (const headers of [{}, preflight]) {
			const { status, text, headers: given } = await send(base, 'OPTIONS', path, { headers });
			expect([status, text]).toEqual([204, '']);
			expect(given.get('access-control-allow-origin')).toBe('*');
			expect(given.get('access-control-allow-methods')).toBe('GET, POST, OPTIONS');
			expect(given.get('access-control-allow-headers')).toBe('Origin, Content-Type, Accept, Authorization');
			expect(given.has('access-control-allow-credentials')).toBe(false);
		}
		expect(rooms.kinds.size).toBe(0);
	});

	test('an answer says * whoever asks', async () => {
		const { base } = await startApp();
		for (const headers of [{}, { origin: 'https://help.example' }]) {
			expect((await get(base, '/duress/listen', headers)).headers.get('access-control-allow-origin')).toBe('*');
		}
	});
});

describe('paths', () => {
	test.each(['/duress/listen', '/DURESS/LISTEN', '/Duress/Listen/', '/duress/listen/?x=1'])('GET %s answers', async (path) => {
		const { base } = await startApp();
		expect(await get(base, path)).toMatchObject({ status: 200, text: 'null' });
	});

	test.each(['/Duress/Help', '/duress/help/', '/DURESS/HELP/'])('POST %s answers', async (path) => {
		const { base } = await startApp();
		expect((await postJson(base, path, { name: 'Maria' })).status).toBe(200);
	});

	test('HEAD works on every GET route, with the headers of GET and no body', async () => {
		const { base } = await startApp();
		const { roomId, streamId } = await pressHelp(base, 'Maria');
		const paths = [
			'/duress/listen',
			'/duress/session_info?name=Maria',
			`/stream/${streamId}`,
			`/room/${roomId}`,
			'/healthz',
			'/readyz',
			'/metrics',
			'/docs',
		];
		for (const path of paths) {
			const { status, text, headers } = await send(base, 'HEAD', path);
			expect([path, status, text]).toEqual([path, 200, '']);
			expect(headers.get('content-length')).not.toBe('0');
		}
	});

	test.each([
		['PUT', '/duress/help', 'OPTIONS, POST'],
		['GET', '/duress/help', 'OPTIONS, POST'],
		['HEAD', '/duress/help', 'OPTIONS, POST'],
		['DELETE', '/Duress/Give_Help/', 'OPTIONS, POST'],
		['POST', '/duress/listen', 'GET, HEAD, OPTIONS'],
		['PATCH', '/room/some-id', 'GET, HEAD, OPTIONS'],
		['POST', '/room/create', 'GET, HEAD, OPTIONS'],
		['POST', '/stream/some-id/?x=y', 'GET, HEAD, OPTIONS'],
		['PROPFIND', '/duress/listen', 'GET, HEAD, OPTIONS'],
		['POST', '/metrics', 'GET, HEAD, OPTIONS'],
	])('%s %s is 405', async (method, path, allow) => {
		const { base } = await startApp();
		const { status, headers, json } = await send(base, method, path);
		expect(status).toBe(405);
		expect(headers.get('allow')).toBe(allow);
		expect(headers.get('access-control-allow-origin')).toBe('*');
		if (method !== 'HEAD') expect(json).toEqual({ error: 'Method not allowed' });
	});

	test('a wrong method is 405 and an unknown path 404 whatever the body', async () => {
		const { base } = await startApp();
		for (const body of ['{broken', 'x'.repeat(100_000)]) {
			const init = { headers: { 'content-type': 'application/json' }, body };
			expect((await send(base, 'POST', '/duress/listen', init)).status).toBe(405);
			expect((await send(base, 'POST', '/no/such/path', init)).status).toBe(404);
		}
	});

	test.each(['/nothing', '/duress', '/duress/help/more', '/stream', '/assets/none.js', `/room/${'x'.repeat(300)}`])(
		'GET %s is 404',
		async (path) => {
			const { base } = await startApp();
			const answer = await get(base, path);
			expect(answer).toMatchObject({ status: 404, json: { error: 'Not found' } });
			expect(answer.headers.get('content-type')).toBe(JSON_TYPE);
			expect(answer.headers.get('access-control-allow-origin')).toBe('*');
		},
	);
});

describe('bodies', () => {
	test.each([
		['application/json', 64 * 1024 + 1],
		['application/x-www-form-urlencoded', 64 * 1024 + 1],
		['multipart/form-data; boundary=b', 64 * 1024 + 1],
		['application/json', 3_000_000],
	])('of %s and %i bytes are 413', async (type, length) => {
		const { base } = await startApp();
		const answer = await send(base, 'POST', '/duress/help', { headers: { 'content-type': type }, body: 'x'.repeat(length) });
		expect(answer).toMatchObject({ status: 413, json: { error: 'Request body too large' } });
		expect(answer.headers.get('access-control-allow-origin')).toBe('*');
	});

	test('of unannounced length are 413 as soon as they pass 64 KiB', async () => {
		const { port } = await startApp();
		const head = 'POST /duress/help HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
		expect(await sendRaw(port, `${head}10001\r\n${'x'.repeat(0x10001)}`)).toMatch(
			/^HTTP\/1\.1 413 .*\{"error":"Request body too large"\}$/s,
		);
	});

	test('of exactly 64 KiB are read', async () => {
		const { base } = await startApp();
		const start = '{"name":"Maria","more":"';
		const body = `${start}${'x'.repeat(64 * 1024 - start.length - 2)}"}`;
		expect((await send(base, 'POST', '/duress/help', { headers: { 'content-type': 'application/json' }, body })).status).toBe(200);
	});

	test.each(['text/plain', 'application/xml', 'application/octet-stream', 'nonsense', '/'])('of type %s are 415', async (type) => {
		const { base } = await startApp();
		const answer = await send(base, 'POST', '/duress/help', { headers: { 'content-type': type }, body: '{"name":"Maria"}' });
		expect(answer).toMatchObject({ status: 415, json: { error: 'Unsupported content type' } });
		expect(answer.headers.get('access-control-allow-origin')).toBe('*');
	});
});

describe('what is hardly HTTP', () => {
	const refused = (status: number, error: string): RegExp =>
		new RegExp(`^HTTP/1\\.1 ${status} .*access-control-allow-origin: \\*.*\\{"error":"${error}"\\}$`, 's');

	test.each([
		['a path that cannot be decoded', 'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n', refused(400, 'Invalid URL')],
		['a parameter that cannot be decoded', 'GET /room/%E0%A4%A HTTP/1.1\r\nHost: x\r\n\r\n', refused(400, 'Invalid URL')],
		['no HTTP at all', 'hello there\r\n\r\n', refused(400, 'Invalid request')],
		['a body shorter than told', 'POST /duress/help HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', refused(400, 'Invalid request')],
		['20 KB of headers', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, refused(431, 'Request headers too large')],
	])('%s is refused in JSON', async (_what, bytes, expected) => {
		const { port, base } = await startApp();
		expect(await sendRaw(port, bytes)).toMatch(expected);
		expect((await get(base, '/healthz')).status).toBe(200);
	});

	test('a request that offers h2c keeps its body', async () => {
		const { port } = await startApp();
		const body = '{"name":"Maria"}';
		const head = `POST /duress/help HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
		expect(await sendRaw(port, head + body)).toMatch(/^HTTP\/1\.1 200 .*"name":"Maria"/s);
	});
});

test('a failure of the server itself is 500 and tells the client nothing', async () => {
	const { base, rooms, lines } = await startApp();
	rooms.open = () => {
		throw new Error('cannot reach 192.0.2.7 for Maria');
	};
	const answer = await postJson(base, '/duress/help', { name: 'Maria' });
	expect(answer).toMatchObject({ status: 500, text: '{"error":"Internal error"}' });
	const logged = lines.filter((line) => line.level === 'error');
	expect(logged).toMatchObject([{ message: 'request failed', fields: { route: '/duress/help', err: { type: 'Error' } } }]);
	expect(JSON.stringify(logged)).not.toMatch(/Maria|192\.0\.2\.7/);
});
