import { beforeEach, describe, expect, test } from 'vitest';
import { streamIdOf } from '../../src/room/room-names.ts';
import { answerTo, clientOffer } from './support/answer.ts';
import { connectMedia, goLive, roomId, until } from './support/session.ts';
import { withServer } from './support/with-server.ts';

const server = withServer();
const broadcasterPath = `/duress/${roomId}/websocket`;
const viewerPath = `/duress/${roomId}/viewer/websocket`;
const streamPath = `/stream/${streamIdOf(roomId)}/websocket`;

beforeEach(() => server().rooms.open(roomId, 'duress'));

const mediaLines = (offer: string): string[] => {
	const { sdp }: { sdp: string } = JSON.parse(offer);
	return sdp.split('\r\n').flatMap((line) => {
		if (line.startsWith('m=')) return [line.slice(2, 7)];
		return /^a=(sendonly|recvonly|sendrecv|inactive)$/.test(line) ? [line.slice(2)] : [];
	});
};

describe('the server offers', () => {
	test('a broadcaster at once: picture, then sound, both recvonly', async () => {
		const client = await server().connect(broadcasterPath);
		const frame = JSON.parse(await client.nextText());
		expect(frame.event).toBe('offer');
		expect(mediaLines(frame.data)).toEqual(['video', 'recvonly', 'audio', 'recvonly']);
	});

	test.each([
		['a viewer', viewerPath],
		['a stream viewer', streamPath],
	])('%s at once, before there is a picture', async (_name, path) => {
		const client = await server().connect(path);
		const frame = JSON.parse(await client.nextText());
		expect(frame.event).toBe('offer');
		expect(mediaLines(frame.data)).toEqual(['video', 'sendonly', 'audio', 'sendonly']);
	});

	test('all viewers the same numbers, and none anew when the broadcaster comes', async () => {
		const first = await connectMedia(server(), viewerPath);
		const second = await connectMedia(server(), streamPath);
		const broadcaster = await connectMedia(server(), broadcasterPath);
		goLive(server(), broadcaster.engineId);
		await first.client.settled();
		await second.client.settled();
		const [one, two] = [first, second].map(({ client }) => JSON.parse(client.all[0] ?? '').data.match(/a=ssrc:\d+/g));
		expect(one).toEqual(two);
		expect(first.client.events()).toEqual(['offer', 'duress-alert']);
	});

	test('one peer alone: a silent viewer delays nobody and is given up after 30 s', async () => {
		const silent = await server().connect(viewerPath);
		await silent.next('offer');
		const viewer = await connectMedia(server(), viewerPath);
		const broadcaster = await connectMedia(server(), broadcasterPath);
		goLive(server(), broadcaster.engineId);
		expect(server().engine.sent('describe-peer')).toHaveLength(2);
		server().clock.advance(29_000);
		await viewer.client.settled();
		await broadcaster.client.settled();
		await silent.settled();
		expect(silent.events()).toEqual(['offer', 'duress-alert']);
		server().clock.advance(1000);
		expect((await silent.next('error')).data).toBe('No answer');
		expect((await silent.closed).code).toBe(4408);
		expect(server().rooms.get(roomId)?.peerCount).toBe(2);
		expect(viewer.client.socket.readyState).toBe(viewer.client.socket.OPEN);
	});

	test('a rejected offer again, with back-off', async () => {
		const client = await server().connect(viewerPath);
		await client.next('offer');
		client.send('answer', 'nonsense');
		await client.next('error');
		server().clock.advance(250);
		const again = await client.next('offer');
		client.send('answer', answerTo(again.data));
		await client.settled();
		expect(server().engine.sent('describe-peer')).toHaveLength(1);
	});
});

describe('duress-alert', () => {
	test('goes to everyone already in the room when a broadcaster connects, not to itself', async () => {
		const viewer = await server().connect(viewerPath);
		const streamViewer = await server().connect(streamPath);
		const older = await server().connect(broadcasterPath);
		const newer = await server().connect(broadcasterPath);
		const alert = { event: 'duress-alert', data: 'Duress stream triggered' };
		expect(await viewer.next('duress-alert')).toEqual(alert);
		expect(await viewer.next('duress-alert')).toEqual(alert);
		expect(await streamViewer.next('duress-alert')).toEqual(alert);
		expect(await older.next('duress-alert')).toEqual(alert);
		await newer.settled();
		expect(newer.events()).toEqual(['offer']);
	});

	test('does not go to other rooms, nor when a viewer connects', async () => {
		server().rooms.open('other', 'duress');
		const elsewhere = await server().connect('/duress/other/viewer/websocket');
		const viewer = await server().connect(viewerPath);
		await server().connect(viewerPath);
		await server().connect(broadcasterPath);
		await viewer.next('duress-alert');
		await elsewhere.settled();
		expect(elsewhere.events()).toEqual(['offer']);
		expect(viewer.events()).toEqual(['offer', 'duress-alert']);
	});
});

describe('duress-stop', () => {
	test('from a viewer ends that viewer alone', async () => {
		const one = await connectMedia(server(), viewerPath);
		const other = await connectMedia(server(), viewerPath);
		const broadcaster = await connectMedia(server(), broadcasterPath);
		one.client.send('duress-stop', '');
		expect((await one.client.closed).code).toBe(1000);
		await other.client.settled();
		await broadcaster.client.settled();
		expect([...server().engine.peers]).toEqual([other.engineId, broadcaster.engineId]);
		expect(other.client.events()).not.toContain('duress-stop');
		expect(server().rooms.has(roomId)).toBe(true);
	});

	test('from a broadcaster ends its publishing only: viewers stay, and those who asked hear that the signal is lost', async () => {
		const viewer = await connectMedia(server(), `${viewerPath}?v=2`);
		const plain = await connectMedia(server(), viewerPath);
		const broadcaster = await connectMedia(server(), broadcasterPath);
		goLive(server(), broadcaster.engineId);
		broadcaster.client.send('duress-stop', 'bye');
		expect((await broadcaster.client.closed).code).toBe(1000);
		expect(server().engine.peers.has(broadcaster.engineId)).toBe(false);
		expect(server().engine.sent('close-publication')).toEqual([]);
		const { publicationId } = server().engine.last('open-publication').publication;
		server().engine.onEvent({ type: 'publication-lost', publicationId, silentMs: 0 });
		server().clock.advance(5000);
		const lost = JSON.parse((await viewer.client.next('signal-lost')).data);
		expect(lost.since).toBe(Math.floor(server().clock.wallMs() / 1000) - 5);
		await plain.client.settled();
		expect(plain.client.events()).toEqual(['offer', 'duress-alert']);
		expect(server().rooms.has(roomId)).toBe(true);
	});

	test('from the server: completing the session stops and closes every socket, and the ids cease to resolve', async () => {
		const clients = [
			await server().connect(broadcasterPath),
			await server().connect(viewerPath),
			await server().connect(`${viewerPath}?v=2`),
			await server().connect(streamPath),
		];
		const counter = await server().connect(`/room/${roomId}/viewer/websocket`);
		server().rooms.complete(roomId);
		expect(server().rooms.has(roomId)).toBe(false);
		expect(server().rooms.findByStreamId(streamIdOf(roomId))).toBeUndefined();
		for (const client of clients) {
			expect(await client.next('duress-stop')).toEqual({ event: 'duress-stop', data: 'Duress stream stopped' });
			expect((await client.closed).code).toBe(1000);
		}
		expect((await counter.closed).code).toBe(1000);
		expect(counter.all).toEqual([]);
		expect(await server().refusal(viewerPath)).toEqual({ status: 404, body: { error: 'Room not found' } });
		expect(await server().refusal(streamPath)).toEqual({ status: 404, body: { error: 'Stream not found' } });
		expect(server().engine.peers.size + server().engine.publications.size).toBe(0);
	});
});

describe('takeover', () => {
	test('a newer broadcaster takes over with its first packet; the older is told and closed with 4409', async () => {
		const viewer = await connectMedia(server(), viewerPath);
		const older = await connectMedia(server(), broadcasterPath);
		goLive(server(), older.engineId);
		const newer = await connectMedia(server(), broadcasterPath);
		await older.client.settled();
		expect(older.client.socket.readyState).toBe(older.client.socket.OPEN);
		goLive(server(), newer.engineId);
		expect(await older.client.next('error')).toEqual({ event: 'error', data: 'Replaced' });
		expect(await older.client.closed).toEqual({ code: 4409, reason: 'Replaced' });
		expect([...server().engine.peers]).toEqual([viewer.engineId, newer.engineId]);
		await viewer.client.settled();
		expect(viewer.client.events()).toEqual(['offer', 'duress-alert', 'duress-alert']);
		expect(server().engine.sent('open-publication')).toHaveLength(1);
	});

	test('an older broadcaster that goes on sending takes nothing from a newer one', async () => {
		const older = await connectMedia(server(), broadcasterPath);
		const newer = await connectMedia(server(), broadcasterPath);
		goLive(server(), older.engineId);
		await newer.client.settled();
		expect(newer.client.socket.readyState).toBe(newer.client.socket.OPEN);
		expect([...server().engine.peers]).toEqual([older.engineId, newer.engineId]);
	});

	test('works over a parked one whose media still runs', async () => {
		const older = await connectMedia(server(), broadcasterPath);
		goLive(server(), older.engineId);
		older.client.drop();
		await until(() => server().log.some(({ message }) => message === 'peer parked'));
		const newer = await connectMedia(server(), broadcasterPath);
		expect(server().engine.peers.size).toBe(2);
		goLive(server(), newer.engineId);
		expect([...server().engine.peers]).toEqual([newer.engineId]);
	});
});

describe('signaling that came by HTTP', () => {
	test('goes to the sockets that have not completed a negotiation, marked as such', async () => {
		const waiting = await server().connect(viewerPath);
		const done = await connectMedia(server(), viewerPath);
		const offering = await server().connect(broadcasterPath);
		offering.send('offer', clientOffer('sendrecv'));
		await offering.next('answer');
		expect(server().rooms.relaySignal(roomId, 'offer', 'v=0')).toBe(true);
		expect(server().rooms.relaySignal(roomId, 'candidate', 'candidate:1')).toBe(true);
		await waiting.next('offer');
		expect(await waiting.next('offer')).toEqual({ event: 'offer', data: 'v=0', via: 'http' });
		expect(await waiting.next('candidate')).toEqual({ event: 'candidate', data: 'candidate:1', via: 'http' });
		await done.client.settled();
		await offering.settled();
		expect(done.client.events()).toEqual(['offer', 'duress-alert']);
		expect(offering.events()).toEqual(['offer', 'answer']);
	});

	test('finds no room that is not there', () => {
		expect(server().rooms.relaySignal('none', 'answer', 'v=0')).toBe(false);
	});
});

test('a viewer that cannot play what is sent is told so, and so is one that comes later', async () => {
	const withoutVp8 = (offer: string): string =>
		answerTo(offer)
			.replace('a=rtpmap:96 VP8/90000\\r\\n', '')
			.replace(/(SAVPF) 96/, '$1');
	const early = await server().connect(viewerPath);
	early.send('answer', withoutVp8((await early.next('offer')).data));
	await early.settled();
	const broadcaster = await connectMedia(server(), broadcasterPath);
	goLive(server(), broadcaster.engineId);
	expect((await early.next('error')).data).toBe('Codec not supported: VP8');
	const late = await server().connect(viewerPath);
	late.send('answer', withoutVp8((await late.next('offer')).data));
	expect((await late.next('error')).data).toBe('Codec not supported: VP8');
});

test('a broadcaster that sends AV1, and it alone, is asked for its dependency descriptor', async () => {
	const old = await connectMedia(server(), broadcasterPath, 'older');
	const broadcaster = await connectMedia(server(), broadcasterPath, 'newer');
	goLive(server(), broadcaster.engineId, undefined, 'AV1');
	const offer = await broadcaster.client.next('offer');
	expect(offer.data).toContain('#dependency-descriptor-rtp-header-extension');
	broadcaster.client.send('answer', answerTo(offer.data, { ufrag: 'newer' }));
	await broadcaster.client.settled();
	const [receives] = server().engine.last('describe-peer').description.receives;
	expect(receives?.extensions.dependencyDescriptor).toBe(4);
	// Its own first one, and that it is replaced.
	expect(old.client.events()).toEqual(['offer', 'duress-alert', 'error']);
});

test('nothing in the log gives a room away', async () => {
	const viewer = await connectMedia(server(), `${viewerPath}?v=2`);
	await viewer.client.leave();
	server().rooms.setHelper(roomId, 'Nightingale');
	server().clock.advance(20_000);
	server().rooms.complete(roomId);
	const text = JSON.stringify(server().log);
	const { resume } = JSON.parse((await viewer.client.next('session')).data);
	for (const secret of [roomId, streamIdOf(roomId), 'Nightingale', '127.0.0.1', resume]) expect(text).not.toContain(secret);
	expect(text).toContain(streamIdOf(roomId).slice(0, 8));
});

test('viewer counts are logged every 10 s while somebody is in the room', async () => {
	server().rooms.open('empty', 'duress');
	const viewer = await connectMedia(server(), viewerPath);
	const counts = (): unknown[] =>
		server()
			.log.filter(({ message }) => message === 'viewer count')
			.map(({ fields }) => fields);
	server().clock.advance(9_999);
	expect(counts()).toEqual([]);
	server().clock.advance(1);
	const line = { room: streamIdOf(roomId).slice(0, 8), peers: 1, viewers: 1 };
	expect(counts()).toEqual([line]);
	await viewer.client.settled();
	server().clock.advance(10_000);
	expect(counts()).toEqual([line, line]);
	await viewer.client.leave();
	await until(() => server().rooms.counts().peers === 0);
	server().clock.advance(60_000);
	expect(counts()).toHaveLength(2);
});
