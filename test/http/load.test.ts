import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { rounds } from '../support/rounds.ts';
import { get, postJson, pressHelp } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

afterEach(stopApps);

test('help hammered by two threads is always answered, keeps memory bounded and hides nobody', { timeout: 120_000 }, async () => {
	const liveMax = 400;
	const { port, base, store, rooms } = await startApp({ liveMax });
	const victim = await pressHelp(base, 'Victim');
	const durationMs = rounds(20_000);
	const workers = [1, 2].map(
		() => new Worker(new URL('./load-worker.ts', import.meta.url), { workerData: { port, connections: 32, durationMs } }),
	);
	const results = await Promise.all(workers.map(async (worker) => Object((await once(worker, 'message'))[0])));
	await Promise.all(workers.map((worker) => worker.terminate()));

	const answered = results.reduce((sum, result) => sum + result.answered, 0);
	expect(results.map((result) => result.failed)).toEqual([0, 0]);
	expect(answered).toBeGreaterThan(liveMax);
	expect((await store.counts()).open).toBe(liveMax);
	expect(rooms.kinds.size).toBe(liveMax);
	expect(rooms.has(victim.roomId)).toBe(true);
	const listing = await get(base, '/duress/listen');
	expect(listing.json).toMatchObject({ openCount: liveMax, others: expect.arrayContaining([expect.objectContaining({ name: 'Victim' })]) });
	expect(await postJson(base, '/duress/give_help', { name: 'Victim', helper: 'Helga' })).toMatchObject({ status: 200 });
});
