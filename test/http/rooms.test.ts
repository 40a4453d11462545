import { afterEach, describe, expect, test } from 'vitest';
import { get, pressHelp, send } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

afterEach(stopApps);

describe('GET /stream/:suuid', () => {
	test('describes the stream of a session', async () => {
		const { base, port } = await startApp();
		const { streamId } = await pressHelp(base, 'Maria');
		const { status, json } = await get(base, `/stream/${streamId}`);
		expect([status, json]).toEqual([
			200,
			{
				streamId,
				status: 'active',
				timestamp: 1_700_000_000,
				hostname: `127.0.0.1:${port}`,
				type: 'stream',
				streamWebSocket: `ws://127.0.0.1:${port}/stream/${streamId}/websocket`,
				viewerWebSocket: `ws://127.0.0.1:${port}/stream/${streamId}/viewer/websocket`,
			},
		]);
	});

	test('is 404 with the id for an unknown stream', async () => {
		const { base } = await startApp();
		const { status, json } = await get(base, '/stream/0000');
		expect([status, json]).toEqual([404, { streamId: '0000', status: 'not_found' }]);
	});
});

describe('GET /room/:uuid', () => {
	test('describes a room', async () => {
		const { base, port, rooms } = await startApp();
		rooms.open('Chess_Club-1', 'legacy');
		const { status, json } = await get(base, '/room/Chess_Club-1');
		expect([status, json]).toEqual([
			200,
			{
				roomId: 'Chess_Club-1',
				streamId: expect.stringMatching(/^[0-9a-f]{64}$/),
				status: 'active',
				timestamp: 1_700_000_000,
				hostname: `127.0.0.1:${port}`,
				type: 'room',
				roomWebSocket: `ws://127.0.0.1:${port}/room/Chess_Club-1/websocket`,
				viewerWebSocket: `ws://127.0.0.1:${port}/room/Chess_Club-1/viewer/websocket`,
			},
		]);
	});

	test('keeps the letter case of the id, whatever that of the route', async () => {
		const { base, rooms } = await startApp();
		rooms.open('AbC', 'legacy');
		expect((await get(base, '/ROOM/AbC/')).status).toBe(200);
		expect((await get(base, '/room/abc')).status).toBe(404);
	});

	test.each(['nowhere', '%3Cscript%3E', '..%2f..%2fetc'])('is 404 with the id for %s', async (id) => {
		const { base } = await startApp();
		const { status, json } = await get(base, `/room/${id}`);
		expect([status, json]).toEqual([404, { roomId: decodeURIComponent(id), status: 'not_found' }]);
	});
});

describe('GET /room/create', () => {
	test('makes a room and goes there', async () => {
		const { base, rooms } = await startApp();
		const { status, headers } = await get(base, '/room/create');
		expect(status).toBe(302);
		const [roomId] = rooms.kinds.keys();
		expect(headers.get('location')).toBe(`/room/${roomId}`);
		expect(rooms.kinds.get(roomId ?? '')).toBe('legacy');
		expect(await get(base, headers.get('location') ?? '')).toMatchObject({ status: 200, json: { roomId, type: 'room' } });
	});

	test('makes none for HEAD', async () => {
		const { base, rooms } = await startApp();
		expect((await send(base, 'HEAD', '/room/create')).status).toBe(302);
		expect(rooms.kinds.size).toBe(0);
	});

	test('is 503 when no more rooms can be made', async () => {
		const { base, rooms } = await startApp();
		rooms.open = () => {};
		expect(await get(base, '/room/create')).toMatchObject({ status: 503, json: { error: 'Too many rooms' } });
	});
});
