import { afterEach, describe, expect, test } from 'vitest';
import { BODY_FORMS, postJson, pressHelp, send } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

afterEach(stopApps);

const SDP = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n';
const CANDIDATE = 'candidate:1 1 udp 2130706431 192.0.2.7 50000 typ host';

const ROUTES = [
	['/duress/broadcast/sdp', 'sdp', 'offer', SDP],
	['/duress/viewer/sdp', 'sdp', 'answer', SDP],
	['/duress/broadcast/candidate', 'candidate', 'candidate', CANDIDATE],
	['/duress/viewer/candidate', 'candidate', 'candidate', CANDIDATE],
] as const;

describe.each(ROUTES)('POST %s', (path, field, event, data) => {
	test.each(Object.entries(BODY_FORMS))('hands the text on, from a %s body', async (_form, body) => {
		const { base, rooms } = await startApp();
		const { roomId } = await pressHelp(base, 'Maria');
		const answer = await send(base, 'POST', path, body({ roomId, [field]: data }));
		expect(answer).toMatchObject({ status: 200, json: { status: 'success' } });
		expect(rooms.relayed).toEqual([{ roomId, event, data }]);
	});

	test('hands an object on as JSON text', async () => {
		const { base, rooms } = await startApp();
		const { roomId } = await pressHelp(base, 'Maria');
		const value = field === 'sdp' ? { type: 'offer', sdp: SDP } : { candidate: CANDIDATE, sdpMid: '0', sdpMLineIndex: 0 };
		expect((await postJson(base, path, { roomId, [field]: value })).status).toBe(200);
		expect(rooms.relayed).toEqual([{ roomId, event, data: JSON.stringify(value) }]);
	});

	const invalid = field === 'sdp' ? 'Invalid request' : 'Invalid candidate';
	test.each<[string, unknown]>([
		['no fields', {}],
		['no room', { [field]: data }],
		['an empty room', { roomId: '', [field]: data }],
		['a number for the room', { roomId: 7, [field]: data }],
		[`no ${field}`, { roomId: 'some-room' }],
		[`null for the ${field}`, { roomId: 'some-room', [field]: null }],
		[`a number for the ${field}`, { roomId: 'some-room', [field]: 7 }],
		[`an array for the ${field}`, { roomId: 'some-room', [field]: [data] }],
		[`an object that is no ${field}`, { roomId: 'some-room', [field]: { x: data } }],
		['an array', []],
	])(`with %s is 400 ${invalid}`, async (_what, body) => {
		const { base } = await startApp();
		expect(await postJson(base, path, body)).toMatchObject({ status: 400, json: { error: invalid } });
	});

	test(`with broken JSON is 400 ${invalid}`, async () => {
		const { base } = await startApp();
		const broken = { headers: { 'content-type': 'application/json' }, body: '{"roomId"' };
		expect(await send(base, 'POST', path, broken)).toMatchObject({ status: 400, json: { error: invalid } });
	});

	test('is 404 where there is no such room', async () => {
		const { base } = await startApp();
		const body = { roomId: 'b2f1c6c8-0000-4000-8000-000000000000', [field]: data };
		expect(await postJson(base, path, body)).toMatchObject({ status: 404, json: { error: 'Room not found' } });
	});
});

test('an empty SDP is invalid, an empty candidate is the end of candidates', async () => {
	const { base, rooms } = await startApp();
	const { roomId } = await pressHelp(base, 'Maria');
	expect((await postJson(base, '/duress/broadcast/sdp', { roomId, sdp: '' })).status).toBe(400);
	expect((await postJson(base, '/duress/viewer/candidate', { roomId, candidate: '' })).status).toBe(200);
	expect(rooms.relayed).toEqual([{ roomId, event: 'candidate', data: '' }]);
});
