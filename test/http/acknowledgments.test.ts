import { afterEach, describe, expect, test } from 'vitest';
import { BODY_FORMS, get, postJson, pressHelp, send } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

afterEach(stopApps);

const SUCCESS = { status: 200, json: { status: 'success' } };

describe('POST /duress/give_help', () => {
	test('takes the request: it leaves listen, the victim hears of the helper, the room too', async () => {
		const { base, rooms } = await startApp();
		const { roomId } = await pressHelp(base, 'Maria');
		expect((await postJson(base, '/duress/listen_for_helper', { name: 'Maria' })).text).toBe('null');
		expect(await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Helga' })).toMatchObject(SUCCESS);
		expect((await get(base, '/duress/listen')).text).toBe('null');
		const heard = await postJson(base, '/duress/listen_for_helper', { name: 'Maria' });
		expect(heard.json).toEqual({ helper: 'Helga', status: 'closed' });
		expect(rooms.helpers.get(roomId)).toBe('Helga');
	});

	test('is a success again for the same helper, and 409 with the winner for another', async () => {
		const { base } = await startApp();
		await pressHelp(base, 'Maria');
		await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Helga' });
		expect(await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Helga' })).toMatchObject(SUCCESS);
		expect(await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Bert' })).toMatchObject({
			status: 409,
			json: { error: 'Already taken', helper: 'Helga' },
		});
	});

	test('of many helpers at once exactly one wins', async () => {
		const { base } = await startApp();
		await pressHelp(base, 'Maria');
		const helpers = Array.from({ length: 20 }, (_, i) => `Helper ${i}`);
		const answers = await Promise.all(helpers.map((helper) => postJson(base, '/duress/give_help', { name: 'Maria', helper })));
		const winners = helpers.filter((_, i) => answers[i]?.status === 200);
		expect(winners).toHaveLength(1);
		expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
		expect((await postJson(base, '/duress/listen_for_helper', { name: 'Maria' })).json).toMatchObject({ helper: winners[0] });
	});

	test('takes the newest of several requests of one name; the older waits for the next helper', async () => {
		const { base } = await startApp();
		const older = await pressHelp(base, 'Maria');
		const newer = await pressHelp(base, 'Maria');
		await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Helga' });
		expect((await get(base, '/duress/listen')).json).toMatchObject({ roomId: older.roomId, openCount: 1 });
		expect((await postJson(base, '/duress/listen_for_helper', { name: 'Maria' })).json).toMatchObject({ helper: 'Helga' });
		expect(await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Bert' })).toMatchObject(SUCCESS);
		expect((await postJson(base, '/duress/listen_for_helper', { roomId: older.roomId })).json).toMatchObject({ helper: 'Bert' });
		expect((await postJson(base, '/duress/listen_for_helper', { roomId: newer.roomId })).json).toMatchObject({ helper: 'Helga' });
	});

	test('a room overrides the name', async () => {
		const { base } = await startApp();
		const older = await pressHelp(base, 'Maria');
		await pressHelp(base, 'Maria');
		expect(await postJson(base, '/duress/give_help', { name: 'Somebody else', roomId: older.roomId, helper: 'Helga' })).toMatchObject(
			SUCCESS,
		);
		expect((await postJson(base, '/duress/listen_for_helper', { name: 'Maria' })).text).toBe('null');
		expect((await postJson(base, '/duress/listen_for_helper', { roomId: older.roomId })).json).toMatchObject({ helper: 'Helga' });
	});

	test('is 404 when there is none', async () => {
		const { base } = await startApp();
		for (const body of [
			{ name: 'Nobody', helper: 'Helga' },
			{ roomId: 'no-such-room', helper: 'Helga' },
		]) {
			expect(await postJson(base, '/duress/give_help', body)).toMatchObject({ status: 404, json: { error: 'No open request' } });
		}
	});
});

describe('POST /duress/help_completed', () => {
	test('ends the session everywhere', async () => {
		const { base, rooms } = await startApp();
		const { roomId, streamId } = await pressHelp(base, 'Maria');
		await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Helga' });
		expect(await postJson(base, '/duress/help_completed', { name: 'Maria', helper: 'Helga' })).toMatchObject(SUCCESS);
		expect(rooms.completed).toEqual([roomId]);
		expect((await get(base, '/duress/listen')).text).toBe('null');
		expect((await postJson(base, '/duress/listen_for_helper', { name: 'Maria' })).text).toBe('null');
		expect((await get(base, '/duress/session_info?name=Maria')).status).toBe(404);
		expect((await get(base, `/stream/${streamId}`)).status).toBe(404);
		expect((await get(base, `/room/${roomId}`)).status).toBe(404);
	});

	test('is a success when there is nothing to complete', async () => {
		const { base, rooms } = await startApp();
		expect(await postJson(base, '/duress/help_completed', { name: 'Nobody', helper: 'Helga' })).toMatchObject(SUCCESS);
		expect(rooms.completed).toEqual([]);
	});

	test('ends the one that this helper took, even when a newer one is open', async () => {
		const { base, rooms } = await startApp();
		const taken = await pressHelp(base, 'Maria');
		await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Helga' });
		const newer = await pressHelp(base, 'Maria');
		await postJson(base, '/duress/help_completed', { name: 'Maria', helper: 'Helga' });
		expect(rooms.completed).toEqual([taken.roomId]);
		await postJson(base, '/duress/help_completed', { name: 'Maria', helper: 'Helga' });
		expect(rooms.completed).toEqual([taken.roomId, newer.roomId]);
	});

	test('leaves alone what somebody else took', async () => {
		const { base, rooms } = await startApp();
		const { roomId } = await pressHelp(base, 'Maria');
		await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Helga' });
		for (const body of [
			{ name: 'Maria', helper: 'Bert' },
			{ roomId, helper: 'Bert' },
		]) {
			expect(await postJson(base, '/duress/help_completed', body)).toMatchObject({
				status: 409,
				json: { error: 'Taken by another helper' },
			});
		}
		expect(rooms.has(roomId)).toBe(true);
	});
});

describe('POST /duress/cancel', () => {
	test.each(['name', 'roomId'] as const)('ends the request by %s, whoever took it', async (key) => {
		const { base, rooms } = await startApp();
		const { roomId } = await pressHelp(base, 'Maria');
		await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Helga' });
		const body = { [key]: key === 'name' ? 'Maria' : roomId, reason: 'pressed by mistake' };
		expect(await postJson(base, '/duress/cancel', body)).toMatchObject(SUCCESS);
		expect(rooms.completed).toEqual([roomId]);
		expect((await postJson(base, '/duress/listen_for_helper', { name: 'Maria' })).text).toBe('null');
		expect(await postJson(base, '/duress/cancel', body)).toMatchObject(SUCCESS);
		expect(rooms.completed).toEqual([roomId]);
	});
});

describe('GET /duress/session_info', () => {
	test('names the session of the newest request of a name', async () => {
		const { base, port } = await startApp();
		await pressHelp(base, 'Maria Ä');
		const { roomId } = await pressHelp(base, 'Maria Ä');
		const { status, json } = await get(base, `/duress/session_info?name=${encodeURIComponent('Maria Ä')}`);
		expect([status, json]).toEqual([
			200,
			{
				roomId,
				viewerWebsocketUrl: `ws://127.0.0.1:${port}/duress/${roomId}/viewer/websocket`,
				broadcasterWs: `ws://127.0.0.1:${port}/duress/${roomId}/websocket`,
				signal: { state: 'idle', since: 1_700_000_000 },
			},
		]);
	});

	test('says whether media comes, also after the call was taken, and nothing after its end', async () => {
		const { base, store } = await startApp();
		const { roomId } = await pressHelp(base, 'Maria');
		await store.setSignal(roomId, { state: 'live', sinceMs: 1_700_000_003_999.5 });
		await postJson(base, '/duress/give_help', { name: 'Maria', helper: 'Helga' });
		const info = () => get(base, `/duress/session_info?roomId=${roomId}`);
		expect((await info()).json).toMatchObject({ signal: { state: 'live', since: 1_700_000_003 } });
		await postJson(base, '/duress/help_completed', { name: 'Maria', helper: 'Helga' });
		await store.setSignal(roomId, { state: 'lost', sinceMs: 1_700_000_005_000 });
		expect((await info()).status).toBe(404);
	});

	test.each([
		['', 400, 'Missing name'],
		['?name=', 400, 'Missing name'],
		['?name=%20', 400, 'Missing name'],
		[`?name=${'x'.repeat(201)}`, 400, 'Invalid request'],
		['?name=Nobody', 404, 'Not found'],
	])('with %s is %i %s', async (query, status, error) => {
		const { base } = await startApp();
		expect(await get(base, `/duress/session_info${query}`)).toMatchObject({ status, json: { error } });
	});
});

describe('the fields of the calls that are keyed by name', () => {
	const calls = [
		['/duress/give_help', { name: 'Maria', helper: 'Helga' }, 'Missing parameters'],
		['/duress/help_completed', { name: 'Maria', helper: 'Helga' }, 'Missing parameters'],
		['/duress/listen_for_helper', { name: 'Maria' }, 'Missing requester name'],
		['/duress/cancel', { name: 'Maria', reason: 'safe' }, 'Missing parameters'],
	] as const;

	for (const [path, fields, missing] of calls) {
		test.each(Object.entries(BODY_FORMS))(`${path} come as %s`, async (_form, body) => {
			const { base } = await startApp();
			await pressHelp(base, 'Maria');
			expect((await send(base, 'POST', path, body(fields))).status).toBe(200);
		});

		const needed = Object.keys(fields).filter((key) => key !== 'reason');
		test.each([...needed.map((key) => ({ ...fields, [key]: '' })), ...needed.map((key) => ({ ...fields, [key]: ' ' })), {}])(
			`${path} with %o is 400 ${missing}`,
			async (body) => {
				const { base } = await startApp();
				await pressHelp(base, 'Maria');
				expect(await postJson(base, path, body)).toMatchObject({ status: 400, json: { error: missing } });
			},
		);

		test.each([
			['no body at all', undefined, missing],
			['broken JSON', '{', missing],
			['an array', '[]', missing],
			['a number for the name', '{"name":5,"helper":"Helga"}', missing],
			['an overlong name', `{"name":"${'x'.repeat(201)}","helper":"Helga"}`, 'Invalid request'],
		])(`${path} with %s is 400`, async (_what, body, error) => {
			const { base } = await startApp();
			const init = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body };
			expect(await send(base, 'POST', path, init)).toMatchObject({ status: 400, json: { error } });
		});
	}

	test.each(calls.slice(0, 3))('%s come in the query too', async (path, fields) => {
		const { base } = await startApp();
		await pressHelp(base, 'Maria');
		const query = new URLSearchParams(fields);
		expect((await send(base, 'POST', `${path}?${query}`)).status).toBe(200);
		const emptyJson = { headers: { 'content-type': 'application/json' }, body: '' };
		expect((await send(base, 'POST', `${path}?${query}`, emptyJson)).status).toBe(200);
	});

	test('partly in the body, partly in the query; the body wins', async () => {
		const { base } = await startApp();
		await pressHelp(base, 'Maria');
		await pressHelp(base, 'Josef');
		expect(await postJson(base, '/duress/give_help?name=Josef&helper=Bert', { name: 'Maria' })).toMatchObject(SUCCESS);
		expect((await postJson(base, '/duress/listen_for_helper', { name: 'Maria' })).json).toMatchObject({ helper: 'Bert' });
		expect((await get(base, '/duress/listen')).json).toMatchObject({ name: 'Josef' });
	});

	test('of a field that comes twice the first counts', async () => {
		const { base } = await startApp();
		await pressHelp(base, 'Maria');
		await send(base, 'POST', '/duress/give_help?name=Maria&name=Josef&helper=Helga&helper=Bert');
		expect((await postJson(base, '/duress/listen_for_helper', { name: 'Maria' })).json).toMatchObject({ helper: 'Helga' });
	});
});
