import { beforeEach, describe, expect, test } from 'vitest';
import { answerTo } from './support/answer.ts';
import { connectMedia, goLive, roomId, until } from './support/session.ts';
import { withServer } from './support/with-server.ts';

const server = withServer({
	roomLimits: { viewersPerRoom: 2, roomPeersPerRoom: 2, countersPerRoom: 1, broadcastersPerRoom: 2, legacyRooms: 2 },
});
const full = { status: 503, body: { error: 'Room is full' } };

const viewerPath = `/duress/${roomId}/viewer/websocket`;
const broadcasterPath = `/duress/${roomId}/websocket`;

describe('viewers', () => {
	beforeEach(() => server().rooms.open(roomId, 'duress'));

	test('who are connected keep their places until one leaves', async () => {
		const first = await connectMedia(server(), viewerPath);
		await connectMedia(server(), viewerPath);
		expect(await server().refusal(viewerPath)).toEqual(full);
		await first.client.leave();
		await until(() => server().rooms.counts().peers === 1);
		await server().connect(viewerPath);
	});

	test('may return to their own place in a full room', async () => {
		const first = await connectMedia(server(), `${viewerPath}?v=2`);
		const { resume } = JSON.parse((await first.client.next('session')).data);
		const again = await server().connect(`${viewerPath}?v=2&resume=${resume}`);
		await connectMedia(server(), viewerPath);
		const third = await server().connect(`${viewerPath}?v=2&resume=${resume}`);
		expect(JSON.parse((await third.next('session')).data).resume).toBe(resume);
		expect((await again.closed).code).toBe(4409);
	});

	test('who were never connected give way, the oldest first, and may come again', async () => {
		const watching = await connectMedia(server(), viewerPath);
		const idle = await server().connect(viewerPath);
		const newcomer = await connectMedia(server(), viewerPath);
		expect((await idle.next('error')).data).toBe('Too many connections');
		expect((await idle.closed).code).toBe(4408);
		expect([...server().engine.peers]).toEqual([watching.engineId, newcomer.engineId]);
		expect(await server().refusal(viewerPath)).toEqual(full);
	});

	test('who lost their sockets give way to one who comes', async () => {
		const lost = await connectMedia(server(), viewerPath);
		const watching = await connectMedia(server(), viewerPath);
		lost.client.drop();
		await until(() => server().log.some(({ message }) => message === 'peer parked'));
		const newcomer = await connectMedia(server(), viewerPath);
		expect([...server().engine.peers]).toEqual([watching.engineId, newcomer.engineId]);
	});

	test('that were sockets once cannot keep a helper out', async () => {
		for (let index = 0; index < 20; index++) {
			const socket = await server().connect(viewerPath);
			socket.drop();
		}
		await until(() => server().counts.sockets === 0);
		await connectMedia(server(), viewerPath);
	});
});

describe('a victim is never refused', () => {
	beforeEach(() => server().rooms.open(roomId, 'duress'));

	test('a broadcaster that feeds nothing gives way, and may come again', async () => {
		const feeding = await connectMedia(server(), broadcasterPath);
		goLive(server(), feeding.engineId);
		const idle = await server().connect(broadcasterPath);
		const newest = await server().connect(broadcasterPath);
		await newest.next('offer');
		expect((await idle.next('error')).data).toBe('Too many connections');
		expect((await idle.closed).code).toBe(4408);
		await feeding.client.settled();
	});

	test('and one who is still asked for the camera stays, however many come after', async () => {
		const victim = await server().connect(broadcasterPath);
		const offer = await victim.next('offer');
		for (let index = 0; index < 10; index++) await server().connect(broadcasterPath);
		victim.send('answer', answerTo(offer.data));
		await victim.settled();
		expect(victim.socket.readyState).toBe(victim.socket.OPEN);
		expect(server().rooms.counts().peers).toBe(2);
	});
});

test('legacy peers and counters have their bounds too', async () => {
	await server().connect('/room/a/websocket');
	await server().connect('/room/a/websocket');
	expect(await server().refusal('/room/a/websocket')).toEqual(full);
	await server().connect('/room/a/viewer/websocket');
	expect(await server().refusal('/room/a/viewer/websocket')).toEqual(full);
});

test('with too many legacy rooms the longest empty one goes, and none when all are in use', async () => {
	const first = await server().connect('/room/a/websocket');
	const second = await server().connect('/room/b/websocket');
	expect(await server().refusal('/room/c/websocket')).toEqual({ status: 503, body: { error: 'Too many rooms' } });
	server().rooms.open('c', 'legacy');
	expect(server().rooms.has('c')).toBe(false);
	await second.leave();
	await first.leave();
	await until(() => server().rooms.counts().emptyRooms === 2);
	await server().connect('/room/c/websocket');
	expect(['a', 'b', 'c'].filter((id) => server().rooms.has(id))).toEqual(['a', 'c']);
});

test('duress rooms are never refused', () => {
	for (let index = 0; index < 100; index++) server().rooms.open(`duress-${index}`, 'duress');
	expect(server().rooms.counts().rooms).toBe(100);
});
