import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Rooms } from '../../src/room/rooms.ts';
import type { SignalSocket } from '../../src/room/signal-socket.ts';
import { rounds } from '../support/rounds.ts';
import { answerTo } from './support/answer.ts';
import { ManualClock } from './support/manual-clock.ts';
import { RecordingEngine } from './support/recording-engine.ts';
import { connectMedia, goLive, until } from './support/session.ts';
import { withServer } from './support/with-server.ts';

const nothing = { rooms: 0, streams: 0, emptyRooms: 0, peers: 0, enginePeers: 0, publications: 0 };
const silentLog = { info: () => {}, warn: () => {} };

const fakeSocket = (): SignalSocket & { offers: string[] } => {
	const offers: string[] = [];
	return { version: 2, url: 'ws://test', offers, send: (event, data) => void (event === 'offer' && offers.push(data)), close: () => {} };
};

test('a thousand rooms of every kind, opened and closed in every way, leave nothing behind', () => {
	const clock = new ManualClock();
	const media = new RecordingEngine();
	const rooms = new Rooms({ media, clock, randomBytes, log: silentLog });
	media.onEvent = (event) => rooms.handleEngineEvent(event);
	for (let index = 0; index < 1000; index++) {
		const id = `room-${index}`;
		rooms.open(id, index % 3 === 0 ? 'legacy' : 'duress');
		const room = rooms.get(id);
		if (room === undefined) throw new Error('the room was not made');
		const peers = (['broadcaster', 'viewer', 'room-peer', 'broadcaster'] as const).map((role) => {
			const socket = fakeSocket();
			const peer = room.join(role, socket);
			const engineId = media.last('open-peer').peerId;
			peer.receive({ event: 'answer', data: answerTo(socket.offers[0] ?? '') });
			media.onEvent({ type: 'peer-connected', peerId: engineId });
			return { peer, engineId };
		});
		const [first, viewer, member, second] = peers;
		if (first === undefined || viewer === undefined || member === undefined || second === undefined) throw new Error('a peer is missing');
		goLive({ engine: media }, second.engineId, first.peer.feeds?.publication.publicationId);
		const publicationId = first.peer.feeds?.publication.publicationId ?? '';
		if (index % 3 < 2) media.onEvent({ type: 'publication-lost', publicationId, silentMs: 0 });
		if (index % 2 === 0) viewer.peer.park();
		if (index % 4 === 0) media.onEvent({ type: 'peer-failed', peerId: member.engineId, reason: 'dtls-closed' });
		if (index % 5 === 0) room.resume(viewer.peer.resumeToken, 'viewer', fakeSocket());
		const ending = index % 7;
		if (ending === 0) for (const { peer } of peers) peer.remove('left');
		else if (ending === 1) for (const { engineId } of peers) media.onEvent({ type: 'peer-silent', peerId: engineId });
		rooms.setHelper(id, 'helper');
		if (index % 3 !== 0) rooms.complete(id);
		else if (ending > 1) for (const { peer } of peers) peer.remove('stopped');
	}
	clock.advance(600_000);
	expect(rooms.counts()).toEqual(nothing);
	expect(media.peers.size + media.publications.size).toBe(0);
	expect(clock.timers).toBe(0);
});

test('events and calls about what is gone are nobody’s', () => {
	const rooms = new Rooms({ media: new RecordingEngine(), clock: new ManualClock(), randomBytes, log: silentLog });
	rooms.handleEngineEvent({ type: 'peer-connected', peerId: 'x' });
	rooms.handleEngineEvent({ type: 'publication-lost', publicationId: 'x', silentMs: 2000 });
	rooms.handleEngineEvent({ type: 'publication-live', publicationId: 'x', peerId: 'x', kind: 'video', codec: 'VP8' });
	rooms.setHelper('x', 'helper');
	rooms.complete('x');
	rooms.complete('x');
	expect(rooms.counts()).toEqual(nothing);
});

const server = withServer();

test('sessions over real sockets leave nothing behind', async () => {
	for (let index = 0; index < rounds(1000); index++) {
		const id = `session-${index}`;
		server().rooms.open(id, 'duress');
		const broadcaster = await connectMedia(server(), `/duress/${id}/websocket`);
		const viewer = await connectMedia(server(), `/duress/${id}/viewer/websocket?v=2`);
		goLive(server(), broadcaster.engineId);
		if (index % 2 === 0) viewer.client.drop();
		server().rooms.complete(id);
		await broadcaster.client.closed;
		await viewer.client.closed;
		server().engine.commands.length = 0;
		server().log.length = 0;
	}
	await until(() => server().counts.sockets === 0);
	expect(server().rooms.counts()).toEqual(nothing);
	expect(server().engine.peers.size + server().engine.publications.size).toBe(0);
	server().clock.advance(60_000);
	expect(server().clock.timers).toBe(0);
}, 120_000);
