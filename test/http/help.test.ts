import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { BODY_FORMS, get, postJson, pressHelp, send } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

afterEach(stopApps);

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('POST /duress/help', () => {
	test('answers with ids, the user and the WebSocket URLs, and opens a room', async () => {
		const { base, port, rooms } = await startApp();
		const { status, json } = await postJson(base, '/duress/help', { name: 'Maria', zone: 'Ward 3', mobile: '+49 151 1234567' });
		expect(status).toBe(200);
		expect(json).toEqual({
			status: 'success',
			roomId: expect.stringMatching(UUID_V4),
			streamId: expect.stringMatching(/^[0-9a-f]{64}$/),
			timestamp: 1_700_000_000,
			user: { name: 'Maria', zone: 'Ward 3', mobile: '+49 151 1234567' },
			broadcasterWs: expect.stringMatching(new RegExp(`^ws://127\\.0\\.0\\.1:${port}/duress/[0-9a-f-]{36}/websocket$`)),
			viewerWebsocketUrl: expect.stringMatching(new RegExp(`^ws://127\\.0\\.0\\.1:${port}/duress/[0-9a-f-]{36}/viewer/websocket$`)),
		});
		expect([...rooms.kinds.values()]).toEqual(['duress']);
	});

	test('the stream id is the SHA-256 of the room id', async () => {
		const { base } = await startApp();
		const { roomId, streamId } = await pressHelp(base, 'Maria');
		expect(streamId).toBe(createHash('sha256').update(roomId).digest('hex'));
	});

	test.each(Object.entries(BODY_FORMS))('takes a %s body', async (_form, body) => {
		const { base } = await startApp();
		const fields = { name: 'Jürgen & Søn', zone: '3rd floor = left', mobile: '+1 (555) 0100' };
		expect(await send(base, 'POST', '/duress/help', body(fields))).toMatchObject({ status: 200, json: { user: fields } });
	});

	test.each([
		['only a name', { name: 'Maria' }, { name: 'Maria', zone: '', mobile: '' }],
		['null for what is not given', { name: 'Maria', zone: null, mobile: null }, { name: 'Maria', zone: '', mobile: '' }],
		['blanks around the fields', { name: ' Maria\n', zone: '\tWard 3 ' }, { name: 'Maria', zone: 'Ward 3', mobile: '' }],
		['extra keys', { name: 'Maria', age: 41, more: [] }, { name: 'Maria', zone: '', mobile: '' }],
		['the longest name', { name: '名'.repeat(200) }, { name: '名'.repeat(200), zone: '', mobile: '' }],
	])('accepts %s', async (_what, body, user) => {
		const { base } = await startApp();
		expect(await postJson(base, '/duress/help', body)).toMatchObject({ status: 200, json: { user } });
	});

	test('accepts JSON that names no content type, or begins with a byte order mark', async () => {
		const { base } = await startApp();
		const plain = await send(base, 'POST', '/duress/help', { body: new TextEncoder().encode('{"name":"Maria"}') });
		expect(plain.status).toBe(200);
		const marked = await send(base, 'POST', '/duress/help', {
			headers: { 'content-type': 'application/json; charset=utf-8' },
			body: '\uFEFF{"name":"Maria"}',
		});
		expect(marked.status).toBe(200);
	});

	const json = { 'content-type': 'application/json' };
	const form = { 'content-type': 'application/x-www-form-urlencoded' };
	test.each<[string, Record<string, string>, string | undefined, string]>([
		['no body', {}, undefined, 'Invalid request'],
		['an empty JSON body', json, '', 'Invalid request'],
		['an empty form', form, '', 'Invalid request'],
		['broken JSON', json, '{"name":', 'Invalid request'],
		['the literal null', json, 'null', 'Invalid request'],
		['an array', json, '[{"name":"Maria"}]', 'Invalid request'],
		['text', json, '"Maria"', 'Invalid request'],
		['a number for the name', json, '{"name":5}', 'Invalid request'],
		['a number for the mobile', json, '{"name":"Maria","mobile":5}', 'Invalid request'],
		['an object for the zone', json, '{"name":"Maria","zone":{}}', 'Invalid request'],
		['a name beyond 200 characters', json, `{"name":"${'x'.repeat(201)}"}`, 'Invalid request'],
		['multipart without a boundary', { 'content-type': 'multipart/form-data' }, 'x', 'Invalid request'],
		['multipart without an end', { 'content-type': 'multipart/form-data; boundary=b' }, '--b\r\n\r\nx', 'Invalid request'],
		['no name', json, '{"zone":"Ward 3"}', 'Missing name'],
		['an empty name', json, '{"name":""}', 'Missing name'],
		['a blank name', json, '{"name":"  \\n"}', 'Missing name'],
		['null for the name', json, '{"name":null}', 'Missing name'],
		['a form without a name', form, 'zone=3', 'Missing name'],
	])('refuses %s', async (_what, headers, body, error) => {
		const { base, rooms } = await startApp();
		const answer = await send(base, 'POST', '/duress/help', { headers, ...(body === undefined ? {} : { body }) });
		expect(answer).toMatchObject({ status: 400, json: { error } });
		expect(rooms.kinds.size).toBe(0);
	});

	test('keys that reach for prototypes do no harm', async () => {
		const { base } = await startApp();
		const attempts = [
			{ headers: json, body: '{"__proto__":{"name":"Eve","polluted":1},"constructor":{"prototype":{"polluted":1}},"name":"Maria"}' },
			{ headers: form, body: '__proto__=x&constructor=y&__proto__[polluted]=1&name=Maria' },
			BODY_FORMS.multipart({ ['__proto__']: 'x', constructor: 'y', toString: 'z', name: 'Maria' }),
		];
		for (const attempt of attempts) {
			expect(await send(base, 'POST', '/duress/help', attempt)).toMatchObject({ status: 200, json: { user: { name: 'Maria' } } });
		}
		expect(await postJson(base, '/duress/help', JSON.parse('{"__proto__":{"name":"Eve"}}'))).toMatchObject({ status: 400 });
		expect('polluted' in {}).toBe(false);
	});

	test('past 30 a minute from one address requests are accepted, marked and listed last', async () => {
		const { base, clock } = await startApp();
		for (let i = 1; i <= 30; i++) await pressHelp(base, `Victim ${i}`);
		const flood = await postJson(base, '/duress/help', { name: 'Flood' });
		expect(flood).toMatchObject({ status: 200, json: { status: 'success', suspect: true } });
		const listing = await get(base, '/duress/listen');
		expect(listing.json).toMatchObject({ name: 'Victim 30', openCount: 31 });
		expect(listing.json).not.toHaveProperty('suspect');
		for (let i = 1; i <= 20; i++) await postJson(base, '/duress/cancel', { name: `Victim ${i}` });
		const { others } = Object(await get(base, '/duress/listen').then((answer) => answer.json));
		expect(others.map((other: { name: string }) => other.name)).toEqual([
			...Array.from({ length: 9 }, (_, i) => `Victim ${21 + i}`),
			'Flood',
		]);
		expect(others.at(-1)).toMatchObject({ suspect: true });
		clock.move(60_000);
		expect((await postJson(base, '/duress/help', { name: 'Later' })).json).not.toHaveProperty('suspect');
	});

	test('past the number that is held the oldest suspect one makes room, and its session is over', async () => {
		const { base, rooms } = await startApp({ liveMax: 31 });
		for (let i = 1; i <= 30; i++) await pressHelp(base, `Victim ${i}`);
		const suspect = await pressHelp(base, 'Suspect');
		const last = await pressHelp(base, 'Last');
		expect(rooms.completed).toEqual([suspect.roomId]);
		expect(rooms.has(last.roomId)).toBe(true);
		expect((await get(base, '/duress/listen')).json).toMatchObject({ openCount: 31 });
	});
});
