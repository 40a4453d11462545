import { beforeEach, describe, expect, test } from 'vitest';
import { answerTo, clientOffer } from './support/answer.ts';
import { type Connected, connectMedia, goLive, roomId, until } from './support/session.ts';
import type { SocketClient } from './support/socket-client.ts';
import { withServer } from './support/with-server.ts';

const server = withServer();
const path = `/duress/${roomId}/websocket`;
const viewerPath = `/duress/${roomId}/viewer/websocket`;

beforeEach(() => server().rooms.open(roomId, 'duress'));

const parked = (): Promise<void> => until(() => server().log.some(({ message }) => message === 'peer parked'));
const gone = (): Promise<void> => until(() => server().rooms.counts().peers === 0);

const sessionOf = async (client: SocketClient): Promise<{ resume: string; peerId: string }> =>
	JSON.parse((await client.next('session')).data);

describe('a socket that closes', () => {
	test.each([1000, 1001])('with %i removes its peer at once', async (code) => {
		const { client } = await connectMedia(server(), path);
		await client.leave(code);
		await gone();
		expect(server().engine.peers.size).toBe(0);
	});

	test('without a code, as a page does, removes its peer at once', async () => {
		const { client } = await connectMedia(server(), path);
		client.socket.close();
		await gone();
	});

	test.each([3000, 4000, 1008, 1011])('with %i parks its peer with media running', async (code) => {
		const { client } = await connectMedia(server(), path);
		client.socket.close(code);
		await parked();
		server().clock.advance(3_600_000);
		expect(server().engine.peers.size).toBe(1);
	});

	test('without a word parks its peer with media running', async () => {
		const { client } = await connectMedia(server(), path);
		client.drop();
		await parked();
		server().clock.advance(3_600_000);
		expect(server().engine.peers.size).toBe(1);
	});

	test('before media ever flowed leaves its peer 30 s', async () => {
		const client = await server().connect(path);
		await client.next('offer');
		client.drop();
		await parked();
		server().clock.advance(29_999);
		expect(server().engine.peers.size).toBe(1);
		server().clock.advance(1);
		expect(server().engine.peers.size).toBe(0);
	});
});

describe('a peer whose ICE falls silent', () => {
	let connected: Connected;

	beforeEach(async () => {
		connected = await connectMedia(server(), path);
	});

	test('and whose socket is lost is removed after 60 s', async () => {
		connected.client.drop();
		await parked();
		server().engine.onEvent({ type: 'peer-silent', peerId: connected.engineId });
		server().clock.advance(59_999);
		expect(server().engine.peers.size).toBe(1);
		server().clock.advance(1);
		expect(server().engine.peers.size).toBe(0);
	});

	test('stays when checks come back in time', async () => {
		connected.client.drop();
		await parked();
		server().engine.onEvent({ type: 'peer-silent', peerId: connected.engineId });
		server().clock.advance(59_999);
		server().engine.onEvent({ type: 'peer-back', peerId: connected.engineId });
		server().clock.advance(3_600_000);
		expect(server().engine.peers.size).toBe(1);
	});

	test('is told on its open socket when its time is over', async () => {
		server().engine.onEvent({ type: 'peer-silent', peerId: connected.engineId });
		// Half of the way, then a sign of life of the socket: ICE is what counts.
		server().clock.advance(29_000);
		await connected.client.settled();
		server().clock.advance(29_000);
		await connected.client.settled();
		server().clock.advance(2000);
		expect((await connected.client.next('error')).data).toBe('Connection timed out');
		expect((await connected.client.closed).code).toBe(4408);
	});
});

test('a client that answers but never gets through is told after 90 s', async () => {
	const client = await server().connect(path);
	client.send('answer', answerTo((await client.next('offer')).data));
	await client.settled();
	// No check came within 2 s: one fresh offer.
	server().clock.advance(2000);
	client.send('answer', answerTo((await client.next('offer')).data));
	await client.settled();
	for (let second = 0; second < 88; second += 22) {
		server().clock.advance(22_000);
		await client.settled();
	}
	expect(server().engine.peers.size).toBe(1);
	server().clock.advance(2000);
	expect((await client.closed).code).toBe(4408);
	expect(server().engine.peers.size).toBe(0);
});

describe('a transport that fails', () => {
	test.each(['dtls', 'fingerprint'] as const)('by %s closes the socket, so that everything begins anew', async (reason) => {
		const { client, engineId } = await connectMedia(server(), path);
		server().engine.onEvent({ type: 'peer-failed', peerId: engineId, reason });
		expect((await client.next('error')).data).toBe('Media connection failed');
		expect((await client.closed).code).toBe(4500);
		expect(server().rooms.counts()).toMatchObject({ peers: 0, enginePeers: 0 });
	});

	test('because the client closed its RTCPeerConnection is replaced behind the same socket', async () => {
		const { client, engineId } = await connectMedia(server(), path);
		server().engine.onEvent({ type: 'peer-failed', peerId: engineId, reason: 'dtls-closed' });
		const offer = await client.next('offer');
		const next = server().engine.last('open-peer');
		expect(next.peerId).not.toBe(engineId);
		expect(offer.data).toContain(`a=ice-ufrag:${next.ice.ufrag}`);
		client.send('answer', answerTo(offer.data, { ufrag: 'again' }));
		await client.settled();
		expect(server().engine.last('describe-peer')).toMatchObject({ peerId: next.peerId, description: { remoteUfrag: 'again' } });
		expect([...server().engine.peers]).toEqual([next.peerId]);
	});

	test('of a parked peer removes it', async () => {
		const { client, engineId } = await connectMedia(server(), path);
		client.drop();
		await parked();
		server().engine.onEvent({ type: 'peer-failed', peerId: engineId, reason: 'dtls-closed' });
		expect(server().rooms.counts()).toMatchObject({ peers: 0, enginePeers: 0 });
	});

	test('because the client answers with another certificate is replaced under fresh credentials', async () => {
		const { client, engineId } = await connectMedia(server(), path);
		const other = Array.from({ length: 32 }, () => '0F').join(':');
		client.send('offer', JSON.stringify({ type: 'offer', sdp: clientOffer('sendrecv', { fingerprint: other }) }));
		await client.next('answer');
		expect(
			server()
				.engine.sent('close-peer')
				.map(({ peerId }) => peerId),
		).toEqual([engineId]);
		expect(server().engine.last('describe-peer').peerId).toBe(server().engine.last('open-peer').peerId);
	});
});

describe('a v2 client', () => {
	test('gets its session first of all, then its offer', async () => {
		const client = await server().connect(`${path}?v=2`);
		await client.settled();
		expect(client.events().slice(0, 2)).toEqual(['session', 'offer']);
		const { resume, peerId } = await sessionOf(client);
		expect(resume).toMatch(/^[0-9a-f]{32}$/);
		expect(peerId).not.toBe('');
	});

	test.each(['', '?v=1', '?v=3', '?resume=x'])('is none with the query %j', async (query) => {
		const client = await server().connect(`${path}${query}`);
		await client.settled();
		expect(client.events()).toEqual(['offer']);
	});

	test('returns to its parked peer by its query: same peer, media untouched, no alert', async () => {
		const viewer = await server().connect(viewerPath);
		const { client, engineId } = await connectMedia(server(), `${path}?v=2`);
		const session = await sessionOf(client);
		goLive(server(), engineId);
		client.drop();
		await parked();
		const again = await server().connect(`${path}?v=2&resume=${session.resume}`);
		expect(await sessionOf(again)).toEqual(session);
		await again.settled();
		expect([...server().engine.peers]).toEqual([server().engine.sent('open-peer')[0]?.peerId, engineId]);
		expect(again.events()).toEqual(['session', 'status']);
		await viewer.settled();
		expect(viewer.events()).toEqual(['offer', 'duress-alert']);
		server().clock.advance(10_000);
		await again.settled();
		expect(again.socket.readyState).toBe(again.socket.OPEN);
	});

	test.each([
		['JSON text', (token: string) => JSON.stringify({ token })],
		['the bare token', (token: string) => token],
	])('returns to its parked peer by its first frame, %s', async (_name, write) => {
		const { client, engineId } = await connectMedia(server(), `${path}?v=2`);
		const session = await sessionOf(client);
		client.drop();
		await parked();
		const again = await server().connect(`${path}?v=2`);
		const fresh = await sessionOf(again);
		expect(fresh.peerId).not.toBe(session.peerId);
		again.send('resume', write(session.resume));
		expect(await sessionOf(again)).toEqual(session);
		expect([...server().engine.peers]).toEqual([engineId]);
		await again.settled();
		expect(again.socket.readyState).toBe(again.socket.OPEN);
	});

	test('asks for an ICE restart after its return', async () => {
		const { client, engineId } = await connectMedia(server(), `${path}?v=2`);
		const session = await sessionOf(client);
		client.drop();
		await parked();
		const again = await server().connect(`${path}?v=2&resume=${session.resume}`);
		again.send('restart', '{}');
		const offer = await again.next('offer');
		const { ice, peerId } = server().engine.last('restart-ice');
		expect(peerId).toBe(engineId);
		expect(offer.data).toContain(`a=ice-ufrag:${ice.ufrag}`);
		again.send('answer', answerTo(offer.data, { ufrag: 'moved' }));
		await again.settled();
		expect(server().engine.last('describe-peer').description.remoteUfrag).toBe('moved');
	});

	test('may return while its old socket still seems open, which is then closed', async () => {
		const { client } = await connectMedia(server(), `${path}?v=2`);
		const session = await sessionOf(client);
		const again = await server().connect(`${path}?v=2&resume=${session.resume}`);
		expect((await client.closed).code).toBe(4409);
		await again.settled();
		await until(() => server().counts.sockets === 1);
		expect(server().rooms.counts().peers).toBe(1);
		server().clock.advance(10_000);
		expect(server().rooms.counts().peers).toBe(1);
		await again.leave();
		await gone();
	});

	test('that lost its offer with its socket gets it again', async () => {
		const client = await server().connect(`${path}?v=2`);
		const session = await sessionOf(client);
		client.drop();
		await parked();
		server().clock.advance(29_000);
		const again = await server().connect(`${path}?v=2&resume=${session.resume}`);
		await sessionOf(again);
		server().clock.advance(250);
		again.send('answer', answerTo((await again.next('offer')).data));
		await again.settled();
		expect(server().engine.sent('describe-peer')).toHaveLength(1);
	});

	test('cannot return with a wrong token, in another role, or after its peer has gone', async () => {
		const { client } = await connectMedia(server(), `${path}?v=2`);
		const session = await sessionOf(client);
		for (const [where, token] of [
			[path, 'f'.repeat(32)],
			[viewerPath, session.resume],
		]) {
			const other = await server().connect(`${where}?v=2&resume=${token}`);
			expect((await sessionOf(other)).peerId).not.toBe(session.peerId);
			await other.leave();
		}
		await client.leave();
		await gone();
		const late = await server().connect(`${path}?v=2&resume=${session.resume}`);
		expect((await sessionOf(late)).peerId).not.toBe(session.peerId);
	});

	test('hears of a resume that leads nowhere or comes too late, and goes on with its fresh peer', async () => {
		const client = await server().connect(`${path}?v=2`);
		client.send('resume', '{"token":"unknown"}');
		expect((await client.next('error')).data).toBe('Nothing to resume');
		client.send('resume', '{}');
		expect((await client.next('error')).data).toBe('Nothing to resume');
		client.send('answer', answerTo((await client.next('offer')).data));
		await client.settled();
		expect(server().engine.sent('describe-peer')).toHaveLength(1);
	});

	test('hears of viewers and helper when they change, once for many changes', async () => {
		const client = await server().connect(`${path}?v=2`);
		expect(JSON.parse((await client.next('status')).data)).toEqual({ viewers: 0, helper: null });
		await server().connect(viewerPath);
		await server().connect(viewerPath);
		server().rooms.setHelper(roomId, 'Florence');
		server().clock.advance(250);
		expect(JSON.parse((await client.next('status')).data)).toEqual({ viewers: 2, helper: 'Florence' });
		server().rooms.setHelper(roomId, undefined);
		server().clock.advance(250);
		expect(JSON.parse((await client.next('status')).data)).toEqual({ viewers: 2, helper: null });
		server().rooms.setHelper(roomId, undefined);
		server().clock.advance(250);
		await client.settled();
		expect(client.events().filter((event) => event === 'status')).toHaveLength(3);
	});

	test('hears when the signal is lost and back, also when it came in between', async () => {
		const viewer = await connectMedia(server(), `${viewerPath}?v=2`);
		const { engineId } = await connectMedia(server(), `${path}?v=2`);
		const { publicationId, streamName } = server().engine.last('open-publication').publication;
		server().engine.onEvent({ type: 'publication-lost', publicationId, silentMs: 2000 });
		goLive(server(), engineId);
		const since = Math.floor((server().clock.wallMs() - 2000) / 1000);
		server().engine.onEvent({ type: 'publication-lost', publicationId, silentMs: 2000 });
		server().clock.advance(2999);
		await viewer.client.settled();
		expect(viewer.client.events()).not.toContain('signal-lost');
		server().clock.advance(1);
		expect(JSON.parse((await viewer.client.next('signal-lost')).data)).toEqual({ since, stream: streamName });
		server().clock.advance(5000);
		const late = await server().connect(`${viewerPath}?v=2`);
		expect(JSON.parse((await late.next('signal-lost')).data)).toEqual({ since, stream: streamName });
		server().engine.onEvent({ type: 'publication-back', publicationId });
		expect(JSON.parse((await viewer.client.next('signal-back')).data)).toEqual({ stream: streamName });
		await late.next('signal-back');
		expect(viewer.client.events().filter((event) => event.startsWith('signal'))).toEqual(['signal-lost', 'signal-back']);
	});

	test('hears nothing of a signal that is back within 5 s', async () => {
		const viewer = await connectMedia(server(), `${viewerPath}?v=2`);
		const { engineId } = await connectMedia(server(), path);
		const { publicationId } = server().engine.last('open-publication').publication;
		goLive(server(), engineId);
		server().engine.onEvent({ type: 'publication-lost', publicationId, silentMs: 0 });
		server().clock.advance(4900);
		server().engine.onEvent({ type: 'publication-back', publicationId });
		server().clock.advance(10_000);
		await viewer.client.settled();
		expect(viewer.client.events().filter((event) => event.startsWith('signal'))).toEqual([]);
	});
});
