import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientSection, type ClientTransport, clientSdp, fingerprintB } from './client-sdp.fixture.ts';
import { negotiationErrors } from './negotiation-errors.ts';
import { publication, Scene, serverUfrag, versionOf } from './peer-negotiator.fixture.ts';

const [a, b, c] = [publication('a'), publication('b'), publication('c')];
const pair: readonly ClientSection[] = [{ kind: 'video' }, { kind: 'audio' }];

function answer(sections: readonly ClientSection[] = pair, transport: ClientTransport = {}): string {
	return JSON.stringify({ type: 'answer', sdp: clientSdp(sections, transport) });
}

/** A broadcaster's or viewer's session that is up, with the client's ufrag `clie`. */
function connectedScene(role: 'broadcaster' | 'viewer' | 'room-peer', sections = pair, publications = [a]): Scene {
	const scene = new Scene(role, publications);
	scene.start();
	scene.receive('answer', answer(sections));
	scene.check('clie');
	scene.do((negotiator, nowMs) => negotiator.connected(nowMs));
	return scene;
}

describe('offers of the server', () => {
	it('go out at once as JSON text, and an answer makes the session', () => {
		const scene = new Scene('broadcaster');
		expect(scene.start()).toEqual(['offer']);
		expect(JSON.parse(scene.sent('offer'))).toMatchObject({ type: 'offer' });
		expect(scene.outline('offer')).toEqual(['video 0 recvonly', 'audio 1 recvonly']);
		expect(scene.receive('answer', answer())).toEqual(['describe', 'negotiated']);
		expect(scene.description).toMatchObject({
			remoteUfrag: 'clie',
			receives: [
				{
					mid: '0',
					kind: 'video',
					publicationId: 'own',
					codecs: [
						{ payloadType: 96, codec: 'VP8' },
						{ payloadType: 98, codec: 'H264' },
						// Not in the answer, but whatever was offered may come.
						{ payloadType: 100, codec: 'VP9' },
						{ payloadType: 102, codec: 'AV1' },
					],
				},
				{ mid: '1', kind: 'audio', publicationId: 'own', codecs: [{ payloadType: 111, codec: 'opus' }] },
			],
			sends: [],
		});
	});

	it('let a viewer know its publication before it has media, and are not repeated when it comes', () => {
		const scene = connectedScene('viewer');
		expect(scene.description.sends.map(({ publicationId, kind }) => `${publicationId} ${kind}`)).toEqual(['a video', 'a audio']);
		expect(scene.publish(a)).toEqual([]);
	});

	it('wait for each other: changes go into the next, which keeps order, mids and session and has a later version', () => {
		const scene = new Scene('room-peer', [a]);
		scene.start();
		const first = scene.sdp('offer');
		expect([scene.publish(a, b), scene.publish(a, b, c), scene.publish(a, c)]).toEqual([[], [], []]);
		expect(scene.receive('answer', answer([...pair, ...pair]))).toEqual(['describe', 'negotiated', 'offer']);
		expect(scene.outline('offer')).toEqual([
			'video 0 recvonly',
			'audio 1 recvonly',
			'video 2 sendonly',
			'audio 3 sendonly',
			'video 4 sendonly',
			'audio 5 sendonly',
		]);
		expect(scene.sdp('offer')).toContain('stream-c');
		expect(versionOf(scene.sdp('offer'))).toBe(versionOf(first) + 1);
	});

	it('take nothing that a viewer sends', () => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		scene.receive('answer', answer([{ kind: 'video', direction: 'sendrecv' }, { kind: 'audio' }]));
		expect(scene.description.receives).toEqual([]);
	});

	it('are given up after 30 s without an answer, not repeated before', () => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		expect(scene.pass(29_999)).toEqual([]);
		expect(scene.pass(1)).toEqual(['give-up']);
		expect(scene.receive('answer', answer())).toEqual([]);
		expect(scene.publish(b)).toEqual([]);
		expect(scene.negotiator.nextTimeoutMs()).toBeUndefined();
	});

	it('come again with back-off while the answers are refused, and are given up after 30 s in all', () => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		const waits: number[] = [];
		let sinceMs = scene.nowMs;
		for (let last = ''; last !== 'give-up'; ) {
			if (last !== 'error') expect(scene.receive('answer', 'garbage')).toEqual(['error']);
			const dueMs = scene.negotiator.nextTimeoutMs() ?? 0;
			last = scene.pass(dueMs - scene.nowMs)[0] ?? '';
			waits.push(scene.nowMs - sinceMs);
			sinceMs = scene.nowMs;
		}
		expect(waits.slice(0, 6)).toEqual([250, 500, 1000, 2000, 3000, 3000]);
		expect(scene.nowMs).toBe(31_000);
	});

	it('come again after a failed delivery with the same sections and a later version', () => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		const first = scene.sdp('offer');
		scene.negotiator.undelivered(scene.nowMs);
		expect(scene.pass(250)).toEqual(['offer']);
		expect(scene.sdp('offer')).toBe(first.replace('o=- 4711 1', 'o=- 4711 2'));
	});

	it('are settled by a good answer after a refused one; the answer to the repetition is dropped silently', () => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		scene.receive('answer', answer(pair, { setup: 'passive' }));
		expect(scene.sent('error')).toBe(negotiationErrors['server-is-dtls-server']);
		expect(scene.pass(250)).toEqual(['offer']);
		expect(scene.receive('answer', answer())).toEqual(['describe', 'negotiated']);
		expect(scene.receive('answer', answer())).toEqual([]);
		expect(scene.receive('answer', answer())).toEqual(['error']);
		expect(scene.sent('error')).toBe(negotiationErrors['unexpected-answer']);
	});

	it('are followed by one fresh offer when no check comes within 2 s', () => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		const first = scene.sdp('offer');
		scene.receive('answer', answer());
		expect(scene.pass(1_999)).toEqual([]);
		expect(scene.pass(1)).toEqual(['offer']);
		expect(serverUfrag(scene.sdp('offer'))).toBe(serverUfrag(first));
		scene.receive('answer', answer());
		expect(scene.pass(60_000)).toEqual([]);
	});

	it('are not followed by a fresh one when a check came, even before the answer', () => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		scene.check('clie');
		scene.receive('answer', answer());
		expect(scene.pass(60_000)).toEqual([]);
	});
});

describe('bad input', () => {
	it.each([
		['an answer that nobody waits for', 'answer', answer(), 'unexpected-answer'],
		['an answer that is no description', 'answer', 'null', 'not-a-description'],
		['an offer whose SDP does not parse', 'offer', '{"type":"offer","sdp":"v=0\\r\\nm=?"}', 'bad-media-line'],
		['an offer with setup:passive', 'offer', clientSdp(pair, { setup: 'passive' }), 'server-is-dtls-server'],
		['an offer of another ICE-lite agent', 'offer', clientSdp(pair).replace('t=0 0', 't=0 0\r\na=ice-lite'), 'both-ice-lite'],
		['a malformed candidate', 'candidate', 'candidate:nonsense', 'bad-candidate'],
	] as const)('%s gets an error and changes nothing', (_name, event, data, error) => {
		const scene = connectedScene('viewer');
		expect(scene.receive(event, data)).toEqual(['error']);
		expect(scene.sent('error')).toBe(negotiationErrors[error]);
		expect(scene.pass(60_000)).toEqual([]);
	});

	it.each([
		['fewer sections', [{ kind: 'video' }]],
		['another order', [{ kind: 'audio' }, { kind: 'video' }]],
		[
			'other mids',
			[
				{ kind: 'video', mid: 'x' },
				{ kind: 'audio', mid: 'y' },
			],
		],
	] as const)('an answer with %s is refused', (_name, sections) => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		expect(scene.receive('answer', answer(sections))).toEqual(['error']);
		expect(scene.sent('error')).toBe(negotiationErrors['answer-does-not-fit']);
	});

	it('of any kind neither throws nor leaves a message without its reply', () => {
		const texts = [answer(), clientSdp(pair), clientSdp(pair, { ufrag: 'next', fingerprint: fingerprintB }), 'garbage', ''];
		const step = fc.oneof(
			fc.record({ event: fc.constantFrom('offer', 'answer', 'candidate'), data: fc.oneof(fc.constantFrom(...texts), fc.string()) }),
			fc.record({ wait: fc.nat(5_000) }),
			fc.record({ publications: fc.subarray([a, b, c]) }),
			fc.constant('restart' as const),
		);
		fc.assert(
			fc.property(fc.constantFrom('broadcaster', 'viewer', 'room-peer'), fc.array(step, { maxLength: 25 }), (role, steps) => {
				const scene = new Scene(role, [a]);
				scene.start();
				for (const next of steps) {
					if (next === 'restart') scene.do((negotiator, nowMs) => negotiator.restart(nowMs));
					else if ('wait' in next) scene.pass(next.wait);
					else if ('publications' in next) scene.publish(...next.publications);
					else {
						const done = scene.receive(next.event, next.data);
						if (next.event === 'offer' && scene.negotiator.nextTimeoutMs() !== undefined) {
							expect(done.filter((name) => name === 'answer' || name === 'error')).not.toEqual([]);
						}
					}
				}
				const names = scene.pass(120_000);
				expect(names.filter((name) => name === 'offer').length).toBeLessThan(60);
			}),
			{ numRuns: 150 },
		);
	});
});

describe('candidates', () => {
	it('are taken at any time, counted and otherwise unused', () => {
		const scene = new Scene('broadcaster');
		expect(scene.receive('candidate', '{"candidate":"candidate:1 1 udp 1 192.0.2.9 5000 typ host","sdpMid":"0"}')).toEqual([]);
		scene.start();
		expect(scene.receive('candidate', '')).toEqual([]);
		expect(scene.negotiator.candidatesSeen).toBe(2);
	});
});

describe('codecs that a client lacks', () => {
	const withoutVideo: readonly ClientSection[] = [{ kind: 'video', rejected: true }, { kind: 'audio' }];
	const h264Only: readonly ClientSection[] = [
		{ kind: 'video', codecs: { 98: 'H264/90000;packetization-mode=1;profile-level-id=42e01f' } },
		{ kind: 'audio' },
	];

	it.each([
		['an answer that rejects the picture', withoutVideo],
		['an answer without the codec in use', h264Only],
	])('%s keeps the sound and is told once', (_name, sections) => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		scene.do((negotiator, nowMs) => negotiator.codecInUse('a', 'video', 'VP8', nowMs));
		expect(scene.receive('answer', answer(sections))).toEqual(['describe', 'negotiated', 'error']);
		expect(scene.sent('error')).toBe('Codec not supported: VP8');
		expect(scene.description.sends.some(({ kind, codecs }) => kind === 'audio' && codecs[0]?.codec === 'opus')).toBe(true);
		expect(scene.do((negotiator, nowMs) => negotiator.codecInUse('a', 'video', 'VP8', nowMs))).toEqual([]);
	});

	it('are told when the source begins, for a viewer that was there before', () => {
		const scene = connectedScene('viewer', h264Only);
		expect(scene.do((negotiator, nowMs) => negotiator.codecInUse('a', 'video', 'H264', nowMs))).toEqual([]);
		expect(scene.do((negotiator, nowMs) => negotiator.codecInUse('a', 'video', 'AV1', nowMs))).toEqual(['error']);
		expect(scene.sent('error')).toBe('Codec not supported: AV1');
	});

	it('do not matter where the client keeps the section inactive itself', () => {
		const scene = connectedScene('viewer', [{ kind: 'video', direction: 'inactive', codecs: { 98: 'H264/90000' } }, { kind: 'audio' }]);
		expect(scene.do((negotiator, nowMs) => negotiator.codecInUse('a', 'video', 'VP8', nowMs))).toEqual([]);
	});

	it('leave an answer that rejects everything a negotiated session', () => {
		const scene = new Scene('viewer', [a]);
		scene.start();
		const rejected = answer([
			{ kind: 'video', rejected: true },
			{ kind: 'audio', rejected: true },
		]);
		expect(scene.receive('answer', rejected)).toEqual(['negotiated']);
		expect(scene.pass(60_000)).toEqual([]);
	});
});
