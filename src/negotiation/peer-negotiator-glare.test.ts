import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ClientSection, type ClientTransport, clientSdp, fingerprintB, mediaSections } from './client-sdp.fixture.ts';
import { publication, Scene, serverUfrag } from './peer-negotiator.fixture.ts';

const sample = (name: string): string => readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8');
const [a, b] = [publication('a'), publication('b')];
const pair: readonly ClientSection[] = [{ kind: 'video' }, { kind: 'audio' }];

function offer(sections: readonly ClientSection[], transport: ClientTransport = {}): string {
	return clientSdp(sections, { setup: 'actpass', ...transport });
}

function started(role: 'broadcaster' | 'viewer' | 'room-peer', publications = [a]): Scene {
	const scene = new Scene(role, publications);
	scene.start();
	return scene;
}

describe("a client's offer", () => {
	it('is answered in the form it came in, with the transport of the offer that gives way', () => {
		for (const form of ['json', 'raw'] as const) {
			const scene = started('broadcaster');
			const sdp = sample('chromium-offer-sendrecv');
			expect(scene.receive('offer', form === 'raw' ? sdp : JSON.stringify({ type: 'offer', sdp }))).toEqual([
				'describe',
				'answer',
				'negotiated',
			]);
			expect(scene.sent('answer').startsWith(form === 'raw' ? 'v=0' : '{"type":"answer"')).toBe(true);
			expect(serverUfrag(scene.sdp('answer'))).toBe(serverUfrag(scene.sdp('offer')));
			expect(scene.sdp('answer')).toContain('a=setup:passive');
		}
	});

	it('that sends and receives as a broadcaster is answered recvonly, its data channel refused outside the bundle', () => {
		const scene = started('broadcaster');
		scene.receive('offer', sample('chromium-offer-sendrecv'));
		expect(scene.outline('answer')).toEqual(['audio 0 recvonly', 'video 1 recvonly', 'application 2 rejected']);
		expect(scene.sdp('answer')).toContain('a=group:BUNDLE 0 1\r\n');
		expect(scene.description.receives.map(({ mid, kind }) => `${kind} ${mid}`)).toEqual(['audio 0', 'video 1']);
		expect(scene.description.receives[1]?.extensions).toEqual({ mid: 4, absSendTime: 2, transportCc: 3 });
	});

	it.each([
		['safari-offer', ['VP8 100', 'H264 98', 'VP9 127']],
		['firefox-offer', ['VP8 120', 'H264 126', 'VP9 121']],
		['libdatachannel-offer', ['VP8 97', 'H264 98']],
	])('of %s is mapped to the order of this server', (name, expected) => {
		const scene = started('broadcaster');
		scene.receive('offer', sample(name));
		const video = scene.description.receives.find(({ kind }) => kind === 'video');
		expect(video?.codecs.map(({ codec, payloadType }) => `${codec} ${payloadType}`)).toEqual(expected);
		const line = mediaSections(scene.sdp('answer')).find((lines) => lines[0]?.startsWith('m=video'))?.[0];
		const repairs = new Set(video?.codecs.map(({ rtxPayloadType }) => String(rtxPayloadType)));
		const media = line
			?.split(' ')
			.slice(3)
			.filter((format) => !repairs.has(format));
		expect(media).toEqual(expected.map((entry) => entry.split(' ')[1]));
	});

	it('answers only feedback that was offered', () => {
		const scene = started('broadcaster');
		scene.receive('offer', sample('libdatachannel-offer'));
		const feedback = scene
			.sdp('answer')
			.split('\r\n')
			.filter((line) => line.startsWith('a=rtcp-fb'));
		expect(feedback).toEqual(['a=rtcp-fb:97 nack', 'a=rtcp-fb:97 nack pli', 'a=rtcp-fb:98 nack', 'a=rtcp-fb:98 nack pli']);
	});

	it("of a viewer gets the publication's tracks under its own numbers", () => {
		const scene = started('viewer');
		scene.receive('offer', sample('chromium-offer-recvonly'));
		expect(scene.outline('answer')).toEqual(['audio 0 sendonly', 'video 1 sendonly']);
		expect(scene.sdp('answer')).toContain(`a=ssrc:${a.videoSsrc} cname:stream-a\r\n`);
		expect(scene.sdp('answer')).toContain('a=msid:stream-a stream-a-video\r\n');
		expect(scene.description.sends[1]).toMatchObject({ mid: '1', publicationId: 'a', extensions: { absSendTime: 2 } });
	});

	it('of a viewer that would send is answered inactive, and offered what it should receive', () => {
		const scene = started('viewer');
		scene.receive('offer', offer([{ kind: 'video', direction: 'sendonly' }]));
		expect(scene.outline('answer')).toEqual(['video 0 inactive']);
		expect(scene.description.receives).toEqual([]);
		expect(scene.check('clie')).toEqual(['offer']);
		expect(scene.outline('offer')).toEqual(['video 0 sendonly', 'audio 1 sendonly']);
	});

	it('of a room peer is used both ways, and the other peers follow in an offer after the first check', () => {
		const scene = started('room-peer', [a, b]);
		expect(scene.receive('offer', sample('chromium-offer-sendrecv'))).toEqual(['describe', 'answer', 'negotiated']);
		expect(scene.outline('answer').slice(0, 2)).toEqual(['audio 0 sendrecv', 'video 1 sendrecv']);
		expect(scene.check(scene.description.remoteUfrag)).toEqual(['offer']);
		expect(scene.outline('offer')).toEqual([
			'audio 0 sendrecv',
			'video 1 sendrecv',
			'application 2 rejected',
			'video 3 sendonly',
			'audio 4 sendonly',
		]);
		// In a bundle a payload type means one thing: the added section speaks the client's numbers.
		expect(mediaSections(scene.sdp('offer'))[3]?.[0]).toBe('m=video 40000 UDP/TLS/RTP/SAVPF 96 97 108 109 98 99 45 46');
	});

	it('that sends only what this server does not relay is told so', () => {
		const scene = started('broadcaster');
		const h265 = offer([{ kind: 'video', codecs: { 100: 'H265/90000' } }, { kind: 'audio' }]);
		expect(scene.receive('offer', h265)).toEqual(['describe', 'answer', 'error', 'negotiated']);
		expect(scene.sent('error')).toBe('Codec not supported: H265');
		expect(scene.outline('answer')).toEqual(['video 0 rejected', 'audio 1 recvonly']);
	});

	it('within a session keeps the use of its sections', () => {
		const scene = started('room-peer', [a]);
		scene.receive('answer', clientSdp([...pair, ...pair]));
		scene.check('clie');
		const sections: readonly ClientSection[] = [
			{ kind: 'video', direction: 'sendonly' },
			{ kind: 'audio', direction: 'inactive' },
			{ kind: 'video', direction: 'recvonly' },
			{ kind: 'audio', direction: 'recvonly' },
		];
		expect(scene.receive('offer', offer(sections))).toEqual(['describe', 'answer', 'negotiated']);
		expect(scene.outline('answer')).toEqual(['video 0 recvonly', 'audio 1 inactive', 'video 2 sendonly', 'audio 3 sendonly']);
		expect(scene.pass(60_000)).toEqual([]);
	});
});

describe('glare', () => {
	const clientOffer = offer([...pair].reverse(), { ufrag: 'offr' });

	it('lets an answer to the yielded offer win while no check has come for the other', () => {
		const scene = started('broadcaster');
		scene.receive('offer', clientOffer);
		scene.nowMs += 1_500;
		expect(scene.receive('answer', clientSdp(pair, { ufrag: 'answ' }))).toEqual(['describe', 'negotiated']);
		expect(scene.description.remoteUfrag).toBe('answ');
		expect(scene.description.receives[0]).toMatchObject({ mid: '0', kind: 'video' });
	});

	it('drops that answer silently once a check has come', () => {
		const scene = started('broadcaster');
		scene.receive('offer', clientOffer);
		scene.check('offr');
		expect(scene.receive('answer', clientSdp(pair, { ufrag: 'answ' }))).toEqual([]);
		expect(scene.description.remoteUfrag).toBe('offr');
	});

	it('drops that answer silently after 10 s, and a second one is an error', () => {
		const scene = started('broadcaster');
		scene.receive('offer', clientOffer);
		scene.do((negotiator, nowMs) => negotiator.connected(nowMs));
		scene.pass(10_001);
		expect(scene.receive('answer', clientSdp(pair, { ufrag: 'answ' }))).toEqual([]);
		expect(scene.receive('answer', clientSdp(pair, { ufrag: 'answ' }))).toEqual(['error']);
	});

	it('believes an answer with the ufrag that was checked: the client has one for life and rolled back', () => {
		const scene = started('broadcaster');
		scene.receive('offer', clientOffer);
		scene.check('offr');
		expect(scene.receive('answer', clientSdp(pair, { ufrag: 'offr' }))).toEqual(['describe', 'negotiated']);
		expect(scene.description.receives[0]).toMatchObject({ mid: '0', kind: 'video' });
	});

	it('ends in one fresh offer when neither side shows a check within 2 s', () => {
		const scene = started('broadcaster');
		scene.receive('offer', clientOffer);
		expect(scene.pass(2_000)).toEqual(['offer']);
		expect(scene.outline('offer')).toEqual(['audio 0 recvonly', 'video 1 recvonly']);
		expect(scene.receive('answer', clientSdp([...pair].reverse(), { ufrag: 'offr' }))).toEqual(['describe', 'negotiated']);
		expect(scene.pass(20_000)).toEqual([]);
	});

	it('holds further offers back until the choice of the client shows', () => {
		const scene = started('room-peer', []);
		scene.receive('offer', clientOffer);
		expect(scene.publish(a)).toEqual([]);
		expect(scene.pass(1_000)).toEqual([]);
		expect(scene.check('offr')).toEqual(['offer']);
	});

	it('in a running session gives way without a new transport', () => {
		const scene = started('room-peer', []);
		scene.receive('answer', clientSdp(pair));
		scene.check('clie');
		expect(scene.publish(a)).toEqual(['offer']);
		const sending = pair.map((section): ClientSection => ({ ...section, direction: 'sendonly' }));
		expect(scene.receive('offer', offer(sending))).toEqual(['describe', 'answer', 'negotiated']);
		expect(scene.pass(2_000)).toEqual(['offer']);
		expect(scene.outline('offer')).toHaveLength(4);
	});
});

describe('a new transport', () => {
	function connected(): Scene {
		const scene = started('broadcaster');
		scene.receive('answer', clientSdp(pair));
		scene.check('clie');
		scene.do((negotiator, nowMs) => negotiator.connected(nowMs));
		return scene;
	}

	it("comes with a client's ICE restart: new credentials in the answer, told to the engine first", () => {
		const scene = connected();
		const before = serverUfrag(scene.sdp('offer'));
		expect(scene.receive('offer', offer(pair, { ufrag: 'next' }))).toEqual(['restart-ice', 'describe', 'answer', 'negotiated']);
		expect(serverUfrag(scene.sdp('answer'))).not.toBe(before);
		expect(scene.negotiator.ice.ufrag).toBe(serverUfrag(scene.sdp('answer')));
		expect(scene.receive('offer', offer(pair, { ufrag: 'next' }))).toEqual(['describe', 'answer', 'negotiated']);
	});

	it('does not come with a new ufrag before anything is connected', () => {
		const scene = started('broadcaster');
		scene.receive('offer', offer(pair, { ufrag: 'one1' }));
		expect(scene.receive('offer', offer(pair, { ufrag: 'two2' }))).toEqual(['describe', 'answer', 'negotiated']);
		expect(serverUfrag(scene.sdp('answer'))).toBe(serverUfrag(scene.sdp('offer')));
	});

	it('comes when asked for, after the answer to an outstanding offer', () => {
		const scene = connected();
		const before = serverUfrag(scene.sdp('offer'));
		expect(scene.do((negotiator, nowMs) => negotiator.restart(nowMs))).toEqual(['restart-ice', 'offer']);
		expect(serverUfrag(scene.sdp('offer'))).not.toBe(before);
		expect(scene.do((negotiator, nowMs) => negotiator.restart(nowMs))).toEqual([]);
		expect(scene.receive('answer', clientSdp(pair, { ufrag: 'next' }))).toEqual(['describe', 'negotiated', 'restart-ice', 'offer']);
	});

	it('that the server wanted waits when a client offers without a restart of its own', () => {
		const scene = connected();
		const before = serverUfrag(scene.sdp('offer'));
		scene.do((negotiator, nowMs) => negotiator.restart(nowMs));
		const wanted = serverUfrag(scene.sdp('offer'));
		expect(scene.receive('offer', offer(pair))).toEqual(['describe', 'answer', 'negotiated']);
		expect(serverUfrag(scene.sdp('answer'))).toBe(before);
		expect(scene.pass(2_000)).toEqual(['offer']);
		expect(serverUfrag(scene.sdp('offer'))).toBe(wanted);
	});

	it('replaces the old one when an offer brings another fingerprint, whatever its sections', () => {
		const scene = connected();
		const before = serverUfrag(scene.sdp('offer'));
		const sdp = offer([{ kind: 'audio', mid: 'a' }], { fingerprint: fingerprintB, ufrag: 'newp' });
		expect(scene.receive('offer', sdp)).toEqual(['replace-transport', 'describe', 'answer', 'negotiated']);
		expect(serverUfrag(scene.sdp('answer'))).not.toBe(before);
		expect(scene.outline('answer')).toEqual(['audio a recvonly']);
		expect(scene.description.receives.map(({ mid }) => mid)).toEqual(['a']);
	});

	it('replaces the old one when an offer does not continue the session', () => {
		const scene = connected();
		expect(scene.receive('offer', offer([{ kind: 'video', mid: 'x' }], { ufrag: 'newp' }))[0]).toBe('replace-transport');
	});

	it('is offered when an answer brings another fingerprint, and that offer may be answered with any', () => {
		const scene = connected();
		scene.do((negotiator, nowMs) => negotiator.restart(nowMs));
		expect(scene.receive('answer', clientSdp(pair, { fingerprint: fingerprintB, ufrag: 'newp' }))).toEqual(['replace-transport', 'offer']);
		expect(scene.receive('answer', clientSdp(pair, { ufrag: 'thrd' }))).toEqual(['describe', 'negotiated']);
		expect(scene.description.remoteUfrag).toBe('thrd');
	});
});
