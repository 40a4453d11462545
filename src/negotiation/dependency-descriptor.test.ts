import { describe, expect, it } from 'vitest';
import { type ClientSection, clientSdp, mediaSections } from './client-sdp.fixture.ts';
import { publication, Scene } from './peer-negotiator.fixture.ts';

const uri = 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension';
const descriptor = `a=extmap:7 ${uri}`;
const own = publication('own').publicationId;

function offered(codecs: Readonly<Record<number, string>>, ...lines: string[]): Scene {
	const scene = new Scene('broadcaster');
	scene.receive('offer', clientSdp([{ kind: 'video', codecs, lines }]));
	return scene;
}

describe('the dependency descriptor', () => {
	const answer: readonly ClientSection[] = [{ kind: 'video', lines: [`a=extmap:4 ${uri}`] }, { kind: 'audio' }];

	it('is answered under its own id to a client that offers AV1 alone', () => {
		const scene = offered({ 45: 'AV1/90000' }, descriptor);
		expect(scene.sdp('answer')).toContain(`${descriptor}\r\n`);
		expect(scene.description.receives[0]?.extensions.dependencyDescriptor).toBe(7);
	});

	it('brings longer header extensions along only where the client offers them', () => {
		expect(offered({ 45: 'AV1/90000' }, descriptor).sdp('answer')).not.toContain('extmap-allow-mixed');
		expect(offered({ 45: 'AV1/90000' }, descriptor, 'a=extmap-allow-mixed').sdp('answer')).toContain('a=extmap-allow-mixed\r\n');
	});

	it('is not answered to a client that will send VP8, whose picture ids it would cost', () => {
		const scene = offered({ 45: 'AV1/90000', 96: 'VP8/90000' }, descriptor);
		expect(scene.sdp('answer')).not.toContain(uri);
		expect(scene.description.receives[0]?.extensions.dependencyDescriptor).toBeUndefined();
	});

	it('is asked for by a second offer once a client is seen to send AV1, and given up with AV1', () => {
		const scene = new Scene('broadcaster');
		scene.start();
		expect(scene.sdp('offer')).not.toContain(uri);
		scene.receive('answer', clientSdp(answer));
		const use = (codec: 'VP8' | 'AV1') => scene.do((negotiator, nowMs) => negotiator.codecInUse(own, 'video', codec, nowMs));
		expect(use('VP8')).toEqual([]);
		expect(use('AV1')).toEqual(['offer']);
		const [video, audio] = mediaSections(scene.sdp('offer'));
		expect(video).toEqual(expect.arrayContaining(['a=extmap-allow-mixed', `a=extmap:4 ${uri}`]));
		expect(audio?.join()).not.toContain(uri);
		expect(scene.receive('answer', clientSdp(answer))).toEqual(['describe', 'negotiated']);
		expect(scene.description.receives[0]?.extensions.dependencyDescriptor).toBe(4);
		expect(use('AV1')).toEqual([]);
		expect(use('VP8')).toEqual(['offer']);
		expect(scene.sdp('offer')).not.toContain(uri);
	});

	it('is not asked for again from a client that refused it', () => {
		const scene = new Scene('broadcaster');
		scene.start();
		scene.receive('answer', clientSdp([{ kind: 'video' }, { kind: 'audio' }]));
		scene.do((negotiator, nowMs) => negotiator.codecInUse(own, 'video', 'AV1', nowMs));
		expect(scene.receive('answer', clientSdp([{ kind: 'video' }, { kind: 'audio' }]))).toEqual(['describe', 'negotiated']);
	});
});
