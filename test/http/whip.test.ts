import { afterEach, describe, expect, test } from 'vitest';
import { clientSdp, outline } from '../../src/negotiation/client-sdp.fixture.ts';
import { goLive } from '../signaling/support/session.ts';
import { get, send } from './http-client.ts';
import { stopApps } from './running-app.ts';
import {
	ffmpegOffer,
	ffmpegVideoOnlyOffer,
	obsOffer,
	olderObsOffer,
	webrtcbinH264Offer,
	webrtcbinPlayerOffer,
	webrtcbinVp8Offer,
	whipClientSinkOffer,
} from './whip-offers.fixture.ts';
import { openSession, roomId, startWishApp } from './wish-app.ts';

afterEach(stopApps);

const publisher = clientSdp([
	{ kind: 'audio', direction: 'sendonly' },
	{ kind: 'video', direction: 'sendonly' },
]);
const player = clientSdp(
	[
		{ kind: 'audio', direction: 'recvonly' },
		{ kind: 'video', direction: 'recvonly' },
	],
	{ setup: 'actpass' },
);
const candidate = 'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag clie network-id 1';
const trickle = `a=ice-ufrag:clie\r\na=ice-pwd:0123456789abcdefghijklmn\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n${candidate}\r\na=end-of-candidates\r\n`;
const restart = 'a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n';
const noneLeft = { rooms: 1, streams: 1, emptyRooms: 0, peers: 0, enginePeers: 0, publications: 1 };

const ofLine = (sdp: string, name: string): string | undefined => new RegExp(`^a=${name}:(.*)\r$`, 'm').exec(sdp)?.[1];

describe('POST /whip/:roomId', () => {
	test('answers 201 with the session, its ICE session and every candidate', async () => {
		const app = await startWishApp();
		const { status, headers, text } = await app.offer(`/whip/${roomId}`, publisher);
		expect(status).toBe(201);
		expect(headers.get('content-type')).toBe('application/sdp');
		expect(headers.get('location')).toMatch(new RegExp(`^/whip/${roomId}/[0-9a-f]{32}$`));
		expect(headers.get('etag')).toBe(`"${ofLine(text, 'ice-ufrag')}"`);
		expect(headers.get('accept-patch')).toBe('application/trickle-ice-sdpfrag');
		expect(headers.has('link')).toBe(false);
		expect(outline(text)).toEqual(['audio 0 recvonly', 'video 1 recvonly']);
		expect(text).toContain('\r\na=setup:passive\r\n');
		expect(text).toContain(' 192.0.2.1 40000 typ host\r\na=end-of-candidates\r\n');
	});

	test.each([
		['OBS', obsOffer, ['audio 0 recvonly', 'video 1 recvonly'], ['opus', 'H264']],
		['an older OBS', olderObsOffer, ['audio 0 recvonly', 'video 1 recvonly'], ['opus', 'H264']],
		['GStreamer', webrtcbinVp8Offer, ['video video0 recvonly', 'audio audio1 recvonly'], ['VP8', 'opus']],
		['GStreamer with H264', webrtcbinH264Offer, ['video video0 recvonly', 'audio audio1 recvonly'], ['H264', 'opus']],
		['GStreamer’s whipclientsink', whipClientSinkOffer, ['video video0 recvonly', 'audio audio1 recvonly'], ['VP8', 'opus']],
		['ffmpeg', ffmpegOffer('active'), ['audio 0 recvonly', 'video 1 recvonly'], ['opus', 'H264']],
		['ffmpeg without sound', ffmpegVideoOnlyOffer, ['video 1 recvonly'], ['H264']],
	])('takes what %s offers', async (_program, offer, sections, firstCodecs) => {
		const app = await startWishApp();
		const { status, text } = await app.offer(`/whip/${roomId}`, offer);
		expect([status, outline(text)]).toEqual([201, sections]);
		const { receives } = app.engine.last('describe-peer').description;
		expect(receives.map(({ codecs }) => codecs[0]?.codec)).toEqual(firstCodecs);
		expect(receives.every(({ ssrcs }) => ssrcs.length === 1)).toBe(true);
	});

	test('is a broadcaster: the room hears of it, and it sends nothing to it', async () => {
		const app = await startWishApp();
		const room = app.rooms.get(roomId);
		const heard: string[] = [];
		room?.join('viewer', { version: 1, url: 'ws://test', send: (event) => heard.push(event), close: () => {} });
		await openSession(app, 'whip', publisher);
		expect(heard).toEqual(['offer', 'duress-alert']);
		expect(app.engine.last('describe-peer').description.sends).toEqual([]);
		expect(room?.viewerCount).toBe(1);
	});

	test('names the way out to ffmpeg without its active flag', async () => {
		const app = await startWishApp();
		const { status, json } = await app.offer(`/whip/${roomId}`, ffmpegOffer('passive'));
		expect(status).toBe(406);
		expect(json).toEqual({ error: expect.stringMatching(/setup:passive is refused.*-whip_flags dtls_active/) });
	});

	const sending = (codecs: Readonly<Record<number, string>>, more: readonly string[] = []): string =>
		clientSdp([
			{ kind: 'audio', direction: 'sendonly' },
			{ kind: 'video', direction: 'sendonly', codecs, lines: more },
		]);
	test.each([
		['nothing', '', 400, 'Not a session description: raw SDP is expected'],
		['something else', 'hello', 400, 'Not a session description: raw SDP is expected'],
		['SDP in JSON', JSON.stringify({ type: 'offer', sdp: publisher }), 400, 'Not a session description: raw SDP is expected'],
		['broken SDP', publisher.replace('v=0', 'v=7'), 400, 'The SDP does not parse'],
		['a media line without formats', 'v=0\r\nm=video 9\r\n', 400, 'The SDP has a media line that does not parse'],
		['SDP without credentials', publisher.replaceAll(/a=ice-.*\r\n/g, ''), 400, /^The SDP lacks ICE credentials/],
		['a lite agent', publisher.replace('t=0 0', 't=0 0\r\na=ice-lite'), 406, /^The server is ICE-lite/],
		['a codec that is not relayed', sending({ 104: 'H265/90000' }), 422, 'Codec not supported: H265'],
		[
			'a profile that is not relayed',
			sending({ 96: 'H264/90000;packetization-mode=1;profile-level-id=640028' }),
			422,
			/^Codec not supported: H264 of this profile: .*42e01f/,
		],
		[
			'two pictures',
			clientSdp([
				{ kind: 'video', direction: 'sendonly' },
				{ kind: 'video', direction: 'sendonly' },
			]),
			422,
			'Only one video track can be published',
		],
		['nothing that sends', player, 422, 'The offer has no section of sound or picture that sends'],
		['RTCP on a port of its own', publisher.replaceAll('a=rtcp-mux\r\n', ''), 422, 'The offer lacks rtcp-mux'],
	])('refuses %s, and nothing stays behind', async (_what, offer, status, error) => {
		const app = await startWishApp();
		const answer = await app.offer(`/whip/${roomId}`, offer);
		expect([answer.status, answer.json]).toEqual([status, { error: expect.stringMatching(error) }]);
		expect(answer.headers.get('access-control-allow-origin')).toBe('*');
		expect(app.rooms.counts()).toEqual(noneLeft);
		expect(app.engine.peers.size).toBe(0);
	});

	test('is 404 for a room that is not there', async () => {
		const app = await startWishApp();
		expect(await app.offer('/whip/nowhere', publisher)).toMatchObject({ status: 404, json: { error: 'Room not found' } });
	});

	test.each(['application/json', 'application/trickle-ice-sdpfrag', 'text/plain'])('is 415 for a body of %s', async (type) => {
		const app = await startWishApp();
		const { status, json } = await app.offer(`/whip/${roomId}`, publisher, { 'content-type': type });
		expect([status, json]).toEqual([415, { error: 'Unsupported content type' }]);
	});

	test('takes parameters of the content type', async () => {
		const app = await startWishApp();
		expect((await app.offer(`/whip/${roomId}`, publisher, { 'content-type': 'Application/SDP; charset=utf-8' })).status).toBe(201);
	});

	test('is 413 for a body over 64 KiB', async () => {
		const app = await startWishApp();
		expect(await app.offer(`/whip/${roomId}`, publisher.padEnd(65_537, 'a'))).toMatchObject({
			status: 413,
			json: { error: 'Request body too large' },
		});
	});

	test('never refuses one broadcaster more: one that feeds nothing gives way, though not the first', async () => {
		const app = await startWishApp({ limits: { broadcastersPerRoom: 2 } });
		const first = await openSession(app, 'whip', publisher);
		const second = await openSession(app, 'whip', publisher);
		await openSession(app, 'whip', publisher);
		expect((await app.patch(first.path, trickle, { 'if-match': first.etag })).status).toBe(204);
		expect((await app.patch(second.path, trickle, { 'if-match': second.etag })).status).toBe(404);
		expect(app.rooms.counts().peers).toBe(2);
	});
});

describe('POST /whep/:roomId', () => {
	test('answers with the room’s picture and sound, before anybody publishes', async () => {
		const app = await startWishApp();
		const { answer, engineId, path } = await openSession(app, 'whep', player);
		expect(path).toMatch(new RegExp(`^/whep/${roomId}/[0-9a-f]{32}$`));
		expect(outline(answer)).toEqual(['audio 0 sendonly', 'video 1 sendonly']);
		expect(answer.match(/^a=msid:/gm)).toHaveLength(2);
		expect(app.engine.last('describe-peer')).toMatchObject({ peerId: engineId, description: { receives: [] } });
		expect(app.engine.last('describe-peer').description.sends).toHaveLength(2);
		expect(app.rooms.get(roomId)?.viewerCount).toBe(1);
	});

	test('takes what GStreamer offers', async () => {
		const app = await startWishApp();
		const { answer } = await openSession(app, 'whep', webrtcbinPlayerOffer);
		expect(outline(answer)).toEqual(['video video0 sendonly', 'audio audio1 sendonly']);
		const { sends } = app.engine.last('describe-peer').description;
		expect(sends.map(({ codecs }) => codecs[0]?.codec)).toEqual(['VP8', 'opus']);
	});

	test('is 503 when the room is full, with a time to come again', async () => {
		const app = await startWishApp({ limits: { viewersPerRoom: 1 } });
		const idle = await openSession(app, 'whep', player);
		const { engineId } = await openSession(app, 'whep', player);
		expect((await app.patch(idle.path, trickle, { 'if-match': idle.etag })).status).toBe(404);
		app.engine.onEvent({ type: 'peer-connected', peerId: engineId });
		const { status, json, headers } = await app.offer(`/whep/${roomId}`, player);
		expect([status, json, headers.get('retry-after')]).toEqual([503, { error: 'Room is full' }, '10']);
	});

	test('is 409 in a room of which nobody knows yet what it will carry', async () => {
		const app = await startWishApp();
		app.rooms.open('club', 'legacy');
		const { status, json, headers } = await app.offer('/whep/club', player);
		expect([status, json, headers.get('retry-after')]).toEqual([409, { error: 'Nobody publishes here yet' }, '10']);
		expect((await app.offer('/whip/club', publisher)).status).toBe(201);
		expect((await app.offer('/whep/club', player)).status).toBe(201);
	});

	test.each([
		['nothing that receives', publisher, 'The offer has no section of sound or picture that receives'],
		[
			'no codec that is relayed',
			clientSdp([{ kind: 'video', direction: 'recvonly', codecs: { 104: 'H265/90000' } }]),
			'Codec not supported: H265',
		],
	])('refuses %s', async (_what, offer, error) => {
		const app = await startWishApp();
		expect(await app.offer(`/whep/${roomId}`, offer)).toMatchObject({ status: 422, json: { error } });
	});

	test('leaves a data channel aside', async () => {
		const app = await startWishApp();
		const offer = clientSdp([{ kind: 'video', direction: 'recvonly' }, { kind: 'application' }]);
		expect(outline((await openSession(app, 'whep', offer)).answer)).toEqual(['video 0 sendonly', 'application 1 rejected']);
	});
});

describe('ICE servers', () => {
	test('are named by Link headers where there are any', async () => {
		const iceServers = [
			{ uri: 'stun:stun.example.org' },
			{ uri: 'turn:turn.example.org?transport=udp', username: 'maria', credential: 'a "b" \\c' },
		];
		const app = await startWishApp({ iceServers });
		const { headers } = await app.offer(`/whep/${roomId}`, player);
		expect(headers.get('link')).toBe(
			'<stun:stun.example.org>; rel="ice-server", ' +
				'<turn:turn.example.org?transport=udp>; rel="ice-server"; username="maria"; credential="a \\"b\\" \\\\c"; credential-type="password"',
		);
	});
});

describe.each(['whip', 'whep'] as const)('PATCH of a %s session', (protocol) => {
	const offer = protocol === 'whip' ? publisher : player;

	test('takes candidates for the current ICE session: 204', async () => {
		const app = await startWishApp();
		const { path, etag } = await openSession(app, protocol, offer);
		const commands = app.engine.commands.length;
		for (const ifMatch of [etag, `"other", ${etag}`]) {
			expect(await app.patch(path, trickle, { 'if-match': ifMatch })).toMatchObject({ status: 204, text: '' });
		}
		expect((await app.patch(path, 'a=end-of-candidates', { 'if-match': etag })).status).toBe(204);
		expect(app.engine.commands).toHaveLength(commands);
	});

	test.each(['*', '"*"'])('restarts ICE with If-Match: %s', async (ifMatch) => {
		const app = await startWishApp();
		const { path, etag, engineId } = await openSession(app, protocol, offer);
		const before = app.engine.last('describe-peer').description;
		const { status, headers, text } = await app.patch(path, restart, { 'if-match': ifMatch });
		expect([status, headers.get('content-type')]).toEqual([200, 'application/trickle-ice-sdpfrag']);
		const { ice } = app.engine.last('restart-ice');
		expect([ofLine(text, 'ice-ufrag'), ofLine(text, 'ice-pwd'), ofLine(text, 'mid')]).toEqual([ice.ufrag, ice.pwd, '0']);
		expect(text).toContain(' 192.0.2.1 40000 typ host\r\na=end-of-candidates\r\n');
		expect(headers.get('etag')).toBe(`"${ice.ufrag}"`);
		expect(headers.get('etag')).not.toBe(etag);
		expect(app.engine.last('describe-peer')).toEqual({
			type: 'describe-peer',
			peerId: engineId,
			description: { ...before, remoteUfrag: 'ysXw' },
		});
	});

	test('after a restart refuses candidates of the session before, and takes those of the new one', async () => {
		const app = await startWishApp();
		const { path, etag } = await openSession(app, protocol, offer);
		const renewed = await app.patch(path, restart, { 'if-match': '*' });
		expect(await app.patch(path, candidate, { 'if-match': etag })).toMatchObject({
			status: 412,
			json: { error: 'Not the current ICE session' },
		});
		expect((await app.patch(path, `${restart}${candidate}`, { 'if-match': renewed.headers.get('etag') ?? '' })).status).toBe(204);
	});

	test('answers a repeated restart as before, for a client that lost the answer', async () => {
		const app = await startWishApp();
		const { path } = await openSession(app, protocol, offer);
		const first = await app.patch(path, restart, { 'if-match': '*' });
		const second = await app.patch(path, restart, { 'if-match': '*' });
		expect([second.status, second.text, second.headers.get('etag')]).toEqual([200, first.text, first.headers.get('etag')]);
		expect(app.engine.sent('restart-ice')).toHaveLength(1);
	});

	test('takes new credentials under the current tag as a restart too', async () => {
		const app = await startWishApp();
		const { path, etag } = await openSession(app, protocol, offer);
		expect((await app.patch(path, restart, { 'if-match': etag })).status).toBe(200);
	});

	test.each([
		['without If-Match', trickle, {}, 428, 'Precondition required'],
		['for another ICE session', trickle, { 'if-match': '"other"' }, 412, 'Not the current ICE session'],
		['for a weak tag', trickle, { 'if-match': 'W/"x"' }, 412, 'Not the current ICE session'],
		['of another type', trickle, { 'if-match': '*', 'content-type': 'application/sdp' }, 415, 'Unsupported content type'],
		['without anything', '', { 'if-match': '*' }, 400, /^The ICE fragment does not parse/],
		['that is no SDP', 'hello\r\n', { 'if-match': '*' }, 400, /^The ICE fragment does not parse/],
		['with half of the credentials', 'a=ice-ufrag:ysXw\r\n', { 'if-match': '*' }, 400, /^The ICE fragment does not parse/],
		['with credentials too short', 'a=ice-ufrag:x\r\na=ice-pwd:y\r\n', { 'if-match': '*' }, 400, /^The ICE fragment does not parse/],
		['with too many lines', 'a=x\r\n'.repeat(513), { 'if-match': '*' }, 400, /^The ICE fragment does not parse/],
		['with a broken candidate', 'a=candidate:1 1 udp x\r\n', { 'if-match': '*' }, 400, 'Invalid candidate'],
	])('%s is refused, and the session lives', async (_what, fragment, headers, status, error) => {
		const app = await startWishApp();
		const { path, etag } = await openSession(app, protocol, offer);
		const answer = await app.patch(path, fragment, headers);
		expect([answer.status, answer.json]).toEqual([status, { error: expect.stringMatching(error) }]);
		expect((await app.patch(path, trickle, { 'if-match': etag })).status).toBe(204);
	});

	test('is 404 for a session, a room or a role that is not there', async () => {
		const app = await startWishApp();
		const { path } = await openSession(app, protocol, offer);
		const other = path.replace(protocol, protocol === 'whip' ? 'whep' : 'whip');
		for (const wrong of [`/${protocol}/${roomId}/0123`, other]) {
			expect(await app.patch(wrong, trickle, { 'if-match': '*' })).toMatchObject({ status: 404, json: { error: 'Session not found' } });
		}
		expect(await app.patch(path.replace(roomId, 'nowhere'), trickle, { 'if-match': '*' })).toMatchObject({
			status: 404,
			json: { error: 'Room not found' },
		});
	});
});

describe('the end of a session', () => {
	test.each([
		['whip', publisher],
		['whep', player],
	] as const)('DELETE of a %s session is 200 and leaves nothing; a second is 404', async (protocol, offer) => {
		const app = await startWishApp();
		const { path, engineId } = await openSession(app, protocol, offer);
		expect(await send(app.base, 'DELETE', path, { headers: { 'if-match': '"whatever"' } })).toMatchObject({ status: 200, text: '' });
		expect(app.engine.last('close-peer').peerId).toBe(engineId);
		expect(app.rooms.counts()).toEqual(noneLeft);
		app.clock.advance(10_000);
		expect(app.clock.timers).toBe(0);
		expect(await send(app.base, 'DELETE', path)).toMatchObject({ status: 404, json: { error: 'Session not found' } });
	});

	test('the session of a publisher is 404 when a newer one has taken over', async () => {
		const app = await startWishApp();
		const older = await openSession(app, 'whip', publisher);
		goLive(app, older.engineId);
		const newer = await openSession(app, 'whip', publisher);
		expect((await app.patch(older.path, trickle, { 'if-match': older.etag })).status).toBe(204);
		goLive(app, newer.engineId);
		expect((await app.patch(older.path, trickle, { 'if-match': older.etag })).status).toBe(404);
		expect((await app.patch(newer.path, trickle, { 'if-match': newer.etag })).status).toBe(204);
	});

	test('a publisher takes over from a broadcaster with a socket, which is told', async () => {
		const app = await startWishApp();
		const told: unknown[] = [];
		const room = app.rooms.get(roomId);
		room?.join('broadcaster', {
			version: 1,
			url: 'ws://test',
			send: (event, data) => told.push([event, data]),
			close: (code) => told.push(code),
		});
		goLive(app, (await openSession(app, 'whip', publisher)).engineId);
		expect(told.slice(-2)).toEqual([['error', 'Replaced'], 4409]);
	});

	test('completion of the help ends every session', async () => {
		const app = await startWishApp();
		const sessions = [await openSession(app, 'whip', publisher), await openSession(app, 'whep', player)];
		app.rooms.complete(roomId);
		expect(app.rooms.counts()).toEqual({ ...noneLeft, rooms: 0, streams: 0, publications: 0 });
		expect(app.engine.peers.size).toBe(0);
		for (const { path } of sessions) {
			expect(await send(app.base, 'DELETE', path)).toMatchObject({ status: 404, json: { error: 'Room not found' } });
		}
	});

	test('a session that is not connected within 15 s is gone', async () => {
		const app = await startWishApp();
		const { path, etag } = await openSession(app, 'whip', publisher);
		app.clock.advance(14_000);
		expect((await app.patch(path, trickle, { 'if-match': etag })).status).toBe(204);
		app.clock.advance(1_000);
		expect((await app.patch(path, trickle, { 'if-match': etag })).status).toBe(404);
		expect(app.rooms.counts()).toEqual(noneLeft);
	});

	test('a connected session that falls silent has 60 s to come back', async () => {
		const app = await startWishApp();
		const { path, etag, engineId } = await openSession(app, 'whep', player);
		app.engine.onEvent({ type: 'peer-connected', peerId: engineId });
		app.clock.advance(3_600_000);
		app.engine.onEvent({ type: 'peer-silent', peerId: engineId });
		app.clock.advance(59_000);
		app.engine.onEvent({ type: 'peer-back', peerId: engineId });
		app.clock.advance(60_000);
		expect((await app.patch(path, trickle, { 'if-match': etag })).status).toBe(204);
		app.engine.onEvent({ type: 'peer-silent', peerId: engineId });
		app.clock.advance(60_000);
		expect((await app.patch(path, trickle, { 'if-match': etag })).status).toBe(404);
	});

	test.each(['dtls-closed', 'dtls', 'fingerprint'] as const)('a session whose transport ends (%s) is gone', async (reason) => {
		const app = await startWishApp();
		const { path, engineId } = await openSession(app, 'whip', publisher);
		app.engine.onEvent({ type: 'peer-connected', peerId: engineId });
		app.engine.onEvent({ type: 'peer-failed', peerId: engineId, reason });
		expect((await send(app.base, 'DELETE', path)).status).toBe(404);
		expect(app.rooms.counts()).toEqual(noneLeft);
	});

	test('a thousand sessions opened, restarted and ended leave nothing behind', async () => {
		const app = await startWishApp();
		const before = app.rooms.counts();
		for (let index = 0; index < 250; index++) {
			await Promise.all(
				(['whip', 'whep', 'whip', 'whep'] as const).map(async (protocol) => {
					const { headers } = await app.offer(`/${protocol}/${roomId}`, protocol === 'whip' ? publisher : player);
					const path = headers.get('location') ?? '';
					await app.patch(path, restart, { 'if-match': '*' });
					expect((await send(app.base, 'DELETE', path)).status).toBe(200);
				}),
			);
		}
		app.clock.advance(60_000);
		expect(app.rooms.counts()).toEqual(before);
		expect(app.engine.peers.size).toBe(0);
		expect(app.clock.timers).toBe(0);
	});
});

describe('a socket cannot take a session over', () => {
	test('its id does not resume it', async () => {
		const app = await startWishApp();
		const { path } = await openSession(app, 'whip', publisher);
		expect(app.rooms.get(roomId)?.canResume(path.split('/').at(-1) ?? '', 'broadcaster')).toBe(false);
	});
});

describe('the server never offers to a session', () => {
	test('whatever changes in its room', async () => {
		const app = await startWishApp();
		app.rooms.open('club', 'legacy');
		expect((await app.offer('/whip/club', publisher)).status).toBe(201);
		expect((await app.offer('/whep/club', player)).status).toBe(201);
		const commands = app.engine.sent('describe-peer').length;
		app.rooms.get('club')?.join('room-peer', { version: 1, url: 'ws://test', send: () => {}, close: () => {} });
		app.clock.advance(14_000);
		expect(app.engine.sent('describe-peer')).toHaveLength(commands);
		expect(app.rooms.get('club')?.peerCount).toBe(3);
	});
});

describe('other methods', () => {
	test.each(['/whip/x', '/whep/x'])('OPTIONS %s is 204, says what POST takes and lets pages of other origins in', async (path) => {
		const { base } = await startWishApp();
		const { status, text, headers } = await send(base, 'OPTIONS', path, {
			headers: { origin: 'https://help.example', 'access-control-request-method': 'POST' },
		});
		expect([status, text, headers.get('accept-post')]).toEqual([204, '', 'application/sdp']);
		expect(headers.get('access-control-allow-origin')).toBe('*');
		expect(headers.get('access-control-allow-methods')).toBe('GET, POST, OPTIONS, PATCH, DELETE');
		expect(headers.get('access-control-allow-headers')).toBe('Origin, Content-Type, Accept, Authorization, If-Match');
	});

	test('OPTIONS of a session is 204 and says what PATCH takes', async () => {
		const { base } = await startWishApp();
		const { status, headers } = await send(base, 'OPTIONS', '/whip/x/y');
		expect([status, headers.get('accept-patch')]).toEqual([204, 'application/trickle-ice-sdpfrag']);
		expect(headers.get('access-control-allow-methods')).toContain('PATCH');
	});

	test('every answer exposes its headers to pages of other origins', async () => {
		const app = await startWishApp();
		for (const { headers } of [
			await app.offer(`/whip/${roomId}`, publisher),
			await app.offer('/whip/x', ''),
			await app.patch('/whip/x/y', ''),
		]) {
			const exposed = headers.get('access-control-expose-headers')?.split(', ');
			expect(exposed).toEqual(expect.arrayContaining(['Location', 'ETag', 'Link', 'Accept-Patch']));
		}
	});

	test.each([
		['GET', '/whip/x', 'OPTIONS, POST'],
		['HEAD', '/whep/x', 'OPTIONS, POST'],
		['PUT', '/whip/x', 'OPTIONS, POST'],
		['GET', '/whip/x/y', 'DELETE, OPTIONS, PATCH'],
		['POST', '/whep/x/y', 'DELETE, OPTIONS, PATCH'],
	])('%s %s is 405', async (method, path, allow) => {
		const { base } = await startWishApp();
		const { status, headers } = await send(base, method, path);
		expect([status, headers.get('allow')]).toEqual([405, allow]);
	});
});

test('the API description holds the four routes, their kinds of body and their errors', async () => {
	const { base } = await startWishApp();
	const { paths } = Object((await get(base, '/docs/json')).json);
	for (const protocol of ['whip', 'whep']) {
		const { post } = paths[`/${protocol}/{roomId}`];
		expect(Object.keys(post.requestBody.content)).toEqual(['application/sdp']);
		expect(Object.keys(post.responses)).toEqual(['201', '400', '404', '406', '409', '413', '415', '422', '503']);
		expect(Object.keys(post.responses['201'].content)).toEqual(['application/sdp']);
		const session = paths[`/${protocol}/{roomId}/{sessionId}`];
		expect(Object.keys(session.patch.responses)).toEqual(['200', '204', '400', '404', '412', '413', '415', '428']);
		expect(Object.keys(session.delete.responses)).toEqual(['200', '404']);
	}
});

test('the log has the routes and the room’s tag, never its id or a session’s', async () => {
	const app = await startWishApp();
	const { path } = await openSession(app, 'whip', publisher);
	await send(app.base, 'DELETE', path);
	const log = JSON.stringify(app.lines);
	expect(log).toContain('/whip/:roomId/:sessionId');
	expect(log).not.toContain(roomId);
	expect(log).not.toContain(path.split('/').at(-1) ?? '');
});
