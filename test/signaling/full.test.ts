import { expect, test } from 'vitest';
import { connectMedia, goLive, roomId, until } from './support/session.ts';
import { withServer } from './support/with-server.ts';

const server = withServer({
	roomLimits: { viewersPerRoom: 2, roomPeersPerRoom: 2, countersPerRoom: 1, broadcastersPerRoom: 2, legacyRooms: 2 },
});
const full = { status: 503, body: { error: 'Room is full' } };

test('a room takes so many viewers and no more, until one leaves', async () => {
	server().rooms.open(roomId, 'duress');
	const path = `/duress/${roomId}/viewer/websocket`;
	const first = await server().connect(path);
	await server().connect(path);
	expect(await server().refusal(path)).toEqual(full);
	await first.leave();
	await until(() => server().rooms.counts().peers === 1);
	await server().connect(path);
});

test('a viewer of a full room may return to its own place', async () => {
	server().rooms.open(roomId, 'duress');
	const path = `/duress/${roomId}/viewer/websocket?v=2`;
	const first = await server().connect(path);
	const { resume } = JSON.parse((await first.next('session')).data);
	await server().connect(path);
	first.drop();
	await until(() => server().log.some(({ message }) => message === 'peer parked'));
	expect(await server().refusal(path)).toEqual(full);
	const again = await server().connect(`${path}&resume=${resume}`);
	expect(JSON.parse((await again.next('session')).data).resume).toBe(resume);
});

test('a victim is never refused: the oldest broadcaster that feeds nothing gives way', async () => {
	server().rooms.open(roomId, 'duress');
	const path = `/duress/${roomId}/websocket`;
	const feeding = await connectMedia(server(), path);
	goLive(server(), feeding.engineId);
	const idle = await server().connect(path);
	const newest = await server().connect(path);
	await newest.next('offer');
	expect((await idle.closed).code).toBe(4409);
	expect((await idle.next('error')).data).toBe('Replaced');
	await feeding.client.settled();
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
