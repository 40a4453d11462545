import { describe, expect, test } from 'vitest';
import { streamIdOf } from '../../src/room/room-names.ts';
import { roomId, until } from './support/session.ts';
import { withServer } from './support/with-server.ts';

const streamId = streamIdOf(roomId);
const server = withServer();

const existing = [
	`/duress/${roomId}/websocket`,
	`/duress/${roomId}/viewer/websocket`,
	`/room/${roomId}/websocket`,
	`/room/${roomId}/viewer/websocket`,
	`/stream/${streamId}/websocket`,
	`/stream/${streamId}/viewer/websocket`,
];

describe('what is missing is refused before the upgrade', () => {
	test.each([
		['/duress/none/websocket', 'Room not found'],
		['/duress/none/viewer/websocket', 'Room not found'],
		['/room/none/viewer/websocket', 'Room not found'],
		['/stream/none/websocket', 'Stream not found'],
		['/stream/none/viewer/websocket', 'Stream not found'],
		[`/stream/${roomId}/websocket`, 'Stream not found'],
		[`/duress/${streamId}/websocket`, 'Room not found'],
		[`/duress/${roomId.toUpperCase()}/websocket`, 'Room not found'],
		['/room/a%20b/websocket', 'Room not found'],
		[`/room/${'x'.repeat(65)}/websocket`, 'Room not found'],
		['/room/a.b/websocket', 'Room not found'],
	])('%s is 404 %s', async (path, error) => {
		server().rooms.open(roomId, 'duress');
		expect(await server().refusal(path)).toEqual({ status: 404, body: { error } });
		const plain = await fetch(`http://${server().base}${path}`);
		expect(plain.status).toBe(404);
		expect(await plain.json()).toEqual({ error });
		expect(server().rooms.counts().rooms).toBe(1);
	});
});

describe('a plain request to what is there', () => {
	test.each(existing)('GET %s is 426', async (path) => {
		server().rooms.open(roomId, 'duress');
		const response = await fetch(`http://${server().base}${path}`);
		expect(response.status).toBe(426);
		expect(response.headers.get('upgrade')).toBe('websocket');
		expect(await response.json()).toEqual({ error: 'Upgrade required' });
	});

	test.each(existing)('HEAD %s is 426 without a body', async (path) => {
		server().rooms.open(roomId, 'duress');
		const response = await fetch(`http://${server().base}${path}`, { method: 'HEAD' });
		expect(response.status).toBe(426);
		expect(await response.text()).toBe('');
	});

	test('a plain GET on a missing legacy room makes none', async () => {
		expect((await fetch(`http://${server().base}/room/fresh/websocket`)).status).toBe(404);
		expect(server().rooms.has('fresh')).toBe(false);
	});
});

describe('an upgrade', () => {
	test.each(existing)('%s connects', async (path) => {
		server().rooms.open(roomId, 'duress');
		const client = await server().connect(path);
		await client.leave();
	});

	test.each([
		`/DURESS/${roomId}/WebSocket`,
		`/duress/${roomId}/websocket/`,
		`/Duress/${roomId}/Viewer/WEBSOCKET/`,
		`/Stream/${streamId.toUpperCase()}/websocket/?from=here`,
		`/ROOM/${roomId}/viewer/websocket/`,
	])('%s connects: letter case and a trailing slash do not matter', async (path) => {
		server().rooms.open(roomId, 'duress');
		const client = await server().connect(path);
		await client.leave();
	});

	test('ids keep their letter case: Aa and aA are two rooms', async () => {
		await server().connect('/ROOM/Aa/websocket');
		expect(server().rooms.has('Aa')).toBe(true);
		expect(server().rooms.has('aa')).toBe(false);
		await server().connect('/room/aA/websocket');
		expect(server().rooms.counts().rooms).toBe(2);
	});

	test('a legacy socket makes its room when it is missing', async () => {
		const client = await server().connect('/room/my_room-1/websocket');
		await client.next('offer');
		expect(server().rooms.findByStreamId(streamIdOf('my_room-1'))).toBe('my_room-1');
	});

	test('of another route of the application gets its plain answer, and the socket ends', async () => {
		expect(await server().refusal('/plain')).toEqual({ status: 200, body: { plain: true } });
	});

	test('without a key is refused as RFC 6455 says', async () => {
		server().rooms.open(roomId, 'duress');
		const { request } = await import('node:http');
		const status = await new Promise((resolve) => {
			const [host, port] = server().base.split(':');
			const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
			request({ host, port, path: `/duress/${roomId}/websocket`, headers }, (response) => resolve(response.statusCode)).end();
		});
		expect(status).toBe(400);
		expect(server().rooms.counts().peers).toBe(0);
	});
});

test('when the server stops, sockets are told with 1001', async () => {
	const client = await server().connect('/room/a/websocket');
	const stopping = server().app.close();
	expect((await client.closed).code).toBe(1001);
	await stopping;
	await until(() => server().rooms.counts().peers === 0);
});
