import { afterEach, describe, expect, test } from 'vitest';
import { get, postJson, pressHelp } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

afterEach(stopApps);

describe('GET /duress/listen', () => {
	test('is the literal null when nobody asks for help', async () => {
		const { base } = await startApp();
		const { status, text, headers } = await get(base, '/duress/listen');
		expect([status, text, headers.get('content-type')]).toEqual([200, 'null', 'application/json; charset=utf-8']);
	});

	test('is the newest open request', async () => {
		const { base, port, clock } = await startApp();
		await pressHelp(base, 'Maria');
		clock.move(1_999);
		const { roomId, streamId } = await pressHelp(base, 'Josef');
		const { json } = await get(base, '/duress/listen');
		expect(json).toMatchObject({
			name: 'Josef',
			zone: 'Ward 3',
			mobile: '+491511234567',
			status: 'open',
			roomId,
			streamId,
			timestamp: 1_700_000_001,
			viewerWebsocketUrl: `ws://127.0.0.1:${port}/duress/${roomId}/viewer/websocket`,
			openCount: 2,
			others: [{ name: 'Maria', status: 'open', timestamp: 1_700_000_000 }],
		});
	});

	test('says of each request whether media comes', async () => {
		const { base, store } = await startApp();
		const rooms: string[] = [];
		for (const name of ['Idle', 'Live', 'Lost']) rooms.push((await pressHelp(base, name)).roomId);
		await store.setSignal(rooms[1] ?? '', { state: 'live', sinceMs: 1_700_000_001_000 });
		await store.setSignal(rooms[2] ?? '', { state: 'lost', sinceMs: 1_700_000_009_900 });
		expect((await get(base, '/duress/listen')).json).toMatchObject({
			name: 'Lost',
			signal: { state: 'lost', since: 1_700_000_009 },
			others: [
				{ name: 'Idle', signal: { state: 'idle', since: 1_700_000_000 } },
				{ name: 'Live', signal: { state: 'live', since: 1_700_000_001 } },
			],
		});
	});

	test('lists at most 20 others, oldest first', async () => {
		const { base } = await startApp();
		for (let i = 1; i <= 25; i++) await pressHelp(base, `Victim ${i}`);
		const { json } = await get(base, '/duress/listen');
		expect(json).toMatchObject({ name: 'Victim 25', openCount: 25 });
		const { others } = Object(json);
		expect(others.map((other: { name: string }) => other.name)).toEqual(Array.from({ length: 20 }, (_, i) => `Victim ${i + 1}`));
	});

	test('no longer shows what was taken, completed or cancelled', async () => {
		const { base } = await startApp();
		for (const name of ['A', 'B', 'C', 'D']) await pressHelp(base, name);
		await postJson(base, '/duress/give_help', { name: 'D', helper: 'Helga' });
		await postJson(base, '/duress/help_completed', { name: 'C', helper: 'Helga' });
		await postJson(base, '/duress/cancel', { name: 'B' });
		expect((await get(base, '/duress/listen')).json).toMatchObject({ name: 'A', openCount: 1, others: [] });
	});

	test('still shows a request of 12 hours ago, as stale and after the fresh ones', async () => {
		const { base, clock } = await startApp();
		await pressHelp(base, 'Yesterday');
		clock.move(12 * 3600 * 1000 - 1);
		expect((await get(base, '/duress/listen')).json).not.toHaveProperty('stale');
		clock.move(1);
		expect((await get(base, '/duress/listen')).json).toMatchObject({ name: 'Yesterday', status: 'open', stale: true });
		for (const name of ['A', 'B']) await pressHelp(base, name);
		expect((await get(base, '/duress/listen')).json).toMatchObject({
			name: 'B',
			openCount: 3,
			others: [{ name: 'A' }, { name: 'Yesterday', stale: true }],
		});
	});
});
