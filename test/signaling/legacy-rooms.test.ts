import { describe, expect, test } from 'vitest';
import { streamIdOf } from '../../src/room/room-names.ts';
import { answerTo } from './support/answer.ts';
import { connectMedia, roomId, until } from './support/session.ts';
import type { SocketClient } from './support/socket-client.ts';
import { withServer } from './support/with-server.ts';

const server = withServer();

/** The directions of an offer's sections: `video recvonly`, … */
function sectionsOf(offer: string): string[] {
	const { sdp }: { sdp: string } = JSON.parse(offer);
	return sdp
		.split('\r\nm=')
		.slice(1)
		.map((section) => `${section.slice(0, 5)} ${section.match(/a=(sendonly|recvonly|sendrecv|inactive)/)?.[1]}`);
}

const ssrcsOf = (offer: string): Set<string> => new Set(offer.match(/a=ssrc:\d+/g));

/** Answers every offer that has come until none is outstanding; gives the newest one. */
async function agree(client: SocketClient, answered: { count: number }): Promise<string> {
	for (;;) {
		await client.settled();
		const offers = client.all.map((text) => JSON.parse(text)).filter(({ event }) => event === 'offer');
		for (const offer of offers.slice(answered.count)) client.send('answer', answerTo(offer.data));
		if (answered.count === offers.length) return offers.at(-1).data;
		answered.count = offers.length;
	}
}

const own = ['video recvonly', 'audio recvonly'];
const pair = ['video sendonly', 'audio sendonly'];

describe('peers of a legacy room', () => {
	test('are offered their own sections, then a pair for every other peer', async () => {
		const peers = [];
		for (let index = 0; index < 4; index++) {
			peers.push({ client: await server().connect('/room/four/websocket'), answered: { count: 0 } });
		}
		for (const { client, answered } of peers) await agree(client, answered);
		for (const { client, answered } of peers) {
			expect(sectionsOf(await agree(client, answered))).toEqual([...own, ...pair, ...pair, ...pair]);
		}
		const publications = server()
			.engine.sent('open-publication')
			.map(({ publication }) => publication);
		expect(publications).toHaveLength(4);
		expect(new Set(publications.flatMap(({ videoSsrc, audioSsrc }) => [videoSsrc, audioSsrc])).size).toBe(8);
		for (const [index, { client, answered }] of peers.entries()) {
			const seen = ssrcsOf(await agree(client, answered));
			for (const [other, { videoSsrc }] of publications.entries()) expect(seen.has(`a=ssrc:${videoSsrc}`)).toBe(other !== index);
		}
		const describedSends = server().engine.sent('describe-peer').slice(-4);
		for (const { description } of describedSends) expect(description.receives).toHaveLength(2);
	});

	test('that leave take their tracks along, and the next peer gets their place', async () => {
		const stays = { client: await server().connect('/room/r/websocket'), answered: { count: 0 } };
		const leaves = await connectMedia(server(), '/room/r/websocket');
		expect(sectionsOf(await agree(stays.client, stays.answered))).toEqual([...own, ...pair]);
		const { publicationId } = server().engine.last('open-publication').publication;
		await leaves.client.leave();
		await until(() => server().rooms.counts().peers === 1);
		expect(server().engine.last('close-publication').publicationId).toBe(publicationId);
		expect(sectionsOf(await agree(stays.client, stays.answered))).toEqual([...own, 'video inactive', 'audio inactive']);
		await connectMedia(server(), '/room/r/websocket');
		expect(sectionsOf(await agree(stays.client, stays.answered))).toEqual([...own, ...pair]);
	});

	test('have one offer outstanding; changes meanwhile are folded into the next', async () => {
		const slow = await server().connect('/room/r/websocket');
		const first = await slow.next('offer');
		for (let index = 0; index < 3; index++) await connectMedia(server(), '/room/r/websocket');
		await slow.settled();
		expect(slow.events()).toEqual(['offer']);
		slow.send('answer', answerTo(first.data));
		expect(sectionsOf((await slow.next('offer')).data)).toEqual([...own, ...pair, ...pair, ...pair]);
	});

	test('that are parked keep their tracks, and catch up when they return', async () => {
		const { client } = await connectMedia(server(), '/room/r/websocket?v=2');
		const { resume } = JSON.parse((await client.next('session')).data);
		client.drop();
		await until(() => server().log.some(({ message }) => message === 'peer parked'));
		await connectMedia(server(), '/room/r/websocket');
		expect(server().engine.sent('close-publication')).toEqual([]);
		const again = await server().connect(`/room/r/websocket?v=2&resume=${resume}`);
		expect(sectionsOf((await again.next('offer')).data)).toEqual([...own, ...pair]);
	});

	test('are seen by stream viewers, who show nothing themselves', async () => {
		await connectMedia(server(), '/room/r/websocket');
		const path = `/stream/${streamIdOf('r')}/websocket`;
		const viewer = await server().connect(path);
		expect(sectionsOf((await viewer.next('offer')).data)).toEqual(pair);
		expect(server().engine.publications.size).toBe(1);
	});

	test('a duress broadcaster and viewer may use a legacy room; its publication goes with the last broadcaster', async () => {
		const viewer = await connectMedia(server(), '/room/r/websocket');
		const broadcaster = await connectMedia(server(), '/duress/r/websocket');
		expect(server().engine.publications.size).toBe(2);
		await viewer.client.next('duress-alert');
		await viewer.client.next('offer');
		await broadcaster.client.leave();
		await until(() => server().engine.publications.size === 1);
		expect(server().rooms.counts()).toMatchObject({ publications: 1 });
	});
});

describe('an empty legacy room', () => {
	test('goes after 5 minutes', async () => {
		const client = await server().connect('/room/r/websocket');
		await client.leave();
		await until(() => server().rooms.counts().emptyRooms === 1);
		server().clock.advance(299_999);
		expect(server().rooms.has('r')).toBe(true);
		server().clock.advance(1);
		expect(server().rooms.has('r')).toBe(false);
		expect(server().rooms.findByStreamId(streamIdOf('r'))).toBeUndefined();
	});

	test('that nobody ever entered goes too', () => {
		server().rooms.open('r', 'legacy');
		server().clock.advance(300_000);
		expect(server().rooms.has('r')).toBe(false);
	});

	test('has its full time again after a visit, and never goes while somebody is there', async () => {
		server().rooms.open('r', 'legacy');
		server().clock.advance(299_000);
		const { client, engineId } = await connectMedia(server(), '/room/r/websocket');
		client.drop();
		await until(() => server().log.some(({ message }) => message === 'peer parked'));
		server().clock.advance(600_000);
		expect(server().rooms.has('r')).toBe(true);
		server().engine.onEvent({ type: 'peer-failed', peerId: engineId, reason: 'dtls-closed' });
		server().clock.advance(299_999);
		expect(server().rooms.has('r')).toBe(true);
		server().clock.advance(1);
		expect(server().rooms.has('r')).toBe(false);
	});

	test('of a help session stays', () => {
		server().rooms.open(roomId, 'duress');
		server().clock.advance(86_400_000);
		expect(server().rooms.has(roomId)).toBe(true);
	});

	test('that becomes the room of a help session stays', () => {
		server().rooms.open('r', 'legacy');
		server().rooms.open('r', 'duress');
		server().clock.advance(86_400_000);
		expect(server().rooms.has('r')).toBe(true);
		expect(server().engine.publications.size).toBe(1);
	});
});

describe('the viewer count', () => {
	test.each([
		['room', `/room/${roomId}/viewer/websocket`],
		['stream', `/stream/${streamIdOf(roomId)}/viewer/websocket`],
	])('of a %s is bare decimal text once a second, the first after one', async (_name, path) => {
		server().rooms.open(roomId, 'duress');
		const counter = await server().connect(path);
		server().clock.advance(999);
		await counter.settled();
		expect(counter.all).toEqual([]);
		server().clock.advance(1);
		expect(await counter.nextText()).toBe('0');
		await connectMedia(server(), `/duress/${roomId}/websocket`);
		const viewer = await connectMedia(server(), `/duress/${roomId}/viewer/websocket`);
		server().clock.advance(1000);
		expect(await counter.nextText()).toBe('2');
		await viewer.client.leave();
		await until(() => server().rooms.counts().peers === 1);
		server().clock.advance(2000);
		expect([await counter.nextText(), await counter.nextText()]).toEqual(['1', '1']);
		expect(counter.all).toHaveLength(4);
	});

	test('socket honours pings and closes, ignores what it is sent, and is no peer', async () => {
		server().rooms.open(roomId, 'duress');
		const counter = await server().connect(`/room/${roomId}/viewer/websocket`);
		counter.sendRaw('null');
		counter.sendRaw('{"event":"offer","data":"v=0"}');
		await counter.settled();
		expect(counter.all).toEqual([]);
		expect(server().rooms.counts().peers).toBe(0);
		const closed = counter.closed;
		counter.socket.close(4001);
		expect((await closed).code).toBe(4001);
		await until(() => server().counts.sockets === 0);
		server().clock.advance(60_000);
		expect(server().clock.timers).toBe(0);
	});

	test('keeps a legacy room, which goes 5 minutes after the socket', async () => {
		server().rooms.open('r', 'legacy');
		const counter = await server().connect('/room/r/viewer/websocket');
		for (let round = 0; round < 40; round++) {
			server().clock.advance(10_000);
			await counter.settled();
		}
		expect(server().rooms.has('r')).toBe(true);
		await counter.leave();
		await until(() => server().rooms.counts().emptyRooms === 1);
		server().clock.advance(300_000);
		expect(server().rooms.has('r')).toBe(false);
	});
});
