import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ClientSection, clientSdp, mediaSections } from './client-sdp.fixture.ts';
import { publication, Scene } from './peer-negotiator.fixture.ts';

const sample = (name: string): string => readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8');
const a = publication('a');

const vp8 = { 96: 'VP8/90000', 97: 'rtx/90000;apt=96' };
const opus = { 112: 'red/48000/2;111/111', 111: 'opus/48000/2' };

/** A broadcaster or viewer that answers the server's first offer so. */
function answered(role: 'broadcaster' | 'viewer', sections: readonly ClientSection[]): Scene {
	const scene = new Scene(role, role === 'viewer' ? [a] : []);
	scene.start();
	scene.receive('answer', clientSdp(sections));
	return scene;
}

/** A client that makes the first offer. */
function offered(role: 'broadcaster' | 'viewer', sdp: string): Scene {
	const scene = new Scene(role, role === 'viewer' ? [a] : []);
	scene.receive('offer', sdp);
	return scene;
}

describe('an answer to the server', () => {
	it('that takes everything gives the engine retransmissions and RED both ways', () => {
		const sections: ClientSection[] = [
			{ kind: 'video', codecs: vp8, lines: ['a=rtcp-fb:96 nack', 'a=rtcp-fb:96 nack pli'] },
			{ kind: 'audio', codecs: opus },
		];
		const [video, audio] = answered('broadcaster', sections).description.receives;
		expect(video?.codecs).toContainEqual({ payloadType: 96, codec: 'VP8', rtxPayloadType: 97 });
		expect([video?.nack, audio?.nack]).toEqual([true, false]);
		expect([video?.redPayloadType, audio?.redPayloadType]).toEqual([undefined, 112]);

		const [picture, sound] = answered('viewer', sections).description.sends;
		expect(picture).toMatchObject({ codecs: [{ payloadType: 96, codec: 'VP8', rtxPayloadType: 97 }], nack: true });
		expect(sound).toMatchObject({ codecs: [{ payloadType: 111, codec: 'opus' }], redPayloadType: 112 });
	});

	it('that takes none of it is sent pictures and sound alone', () => {
		const { sends } = answered('viewer', [
			{ kind: 'video', codecs: { 96: 'VP8/90000' } },
			{ kind: 'audio', codecs: { 111: 'opus/48000/2' } },
		]).description;
		expect(sends.map(({ codecs }) => codecs)).toEqual([[{ payloadType: 96, codec: 'VP8' }], [{ payloadType: 111, codec: 'opus' }]]);
		expect(sends.map(({ nack, redPayloadType }) => [nack, redPayloadType])).toEqual([
			[false, undefined],
			[false, undefined],
		]);
	});

	it('that leaves the fmtp lines of RTX and RED out means what was offered', () => {
		const { sends } = answered('viewer', [
			{ kind: 'video', codecs: { 96: 'VP8/90000', 97: 'rtx/90000' } },
			{ kind: 'audio', codecs: { 112: 'red/48000/2', 111: 'opus/48000/2' } },
		]).description;
		expect(sends[0]?.codecs[0]?.rtxPayloadType).toBe(97);
		expect(sends[1]?.redPayloadType).toBe(112);
	});

	it('by libdatachannel and by Pion, which know neither, still connects', () => {
		for (const name of ['libdatachannel-answer-viewer', 'pion-answer-viewer']) {
			const scene = new Scene('viewer', [a]);
			scene.start();
			expect(scene.receive('answer', sample(name))).toEqual(['describe', 'negotiated']);
			expect(scene.description.sends).toHaveLength(2);
		}
	});
});

describe("a client's offer", () => {
	it("of Chromium is answered with its own numbers for what is served, RED before Opus, and nobody else's", () => {
		const scene = offered('broadcaster', sample('chromium-offer-sendrecv'));
		const sections = mediaSections(scene.sdp('answer'));
		const audio = sections.find(([line]) => line?.startsWith('m=audio'));
		const video = sections.find(([line]) => line?.startsWith('m=video'));
		expect(audio?.[0]).toMatch(/ 63 111$/);
		expect(audio).toEqual(expect.arrayContaining(['a=rtpmap:63 red/48000/2', 'a=fmtp:63 111/111']));
		expect(video).toEqual(expect.arrayContaining(['a=rtpmap:97 rtx/90000', 'a=fmtp:97 apt=96', 'a=rtcp-fb:96 nack']));
		expect(scene.sdp('answer')).not.toMatch(/ulpfec|flexfec|red\/90000|a=rtcp-fb:111 nack/);

		for (const { kind, codecs, redPayloadType, nack } of scene.description.receives) {
			expect(redPayloadType).toBe(kind === 'audio' ? 63 : undefined);
			expect(nack).toBe(kind === 'video');
			for (const { rtxPayloadType } of kind === 'video' ? codecs : []) expect(rtxPayloadType).toBeGreaterThan(0);
		}
	});

	it('of a viewer gets the stream of retransmissions named', () => {
		const scene = offered('viewer', sample('chromium-offer-recvonly'));
		expect(scene.sdp('answer')).toContain(`a=ssrc-group:FID ${a.videoSsrc} ${a.videoRtxSsrc}\r\n`);
		const video = scene.description.sends.find(({ kind }) => kind === 'video');
		expect(video?.codecs[0]).toEqual({ payloadType: 96, codec: 'VP8', rtxPayloadType: 97 });
		expect(scene.description.sends.find(({ kind }) => kind === 'audio')?.redPayloadType).toBe(63);
	});

	it('without retransmissions is answered without', () => {
		const sdp = clientSdp([{ kind: 'video' }, { kind: 'audio' }]);
		const scene = offered('broadcaster', sdp);
		expect(scene.sdp('answer')).not.toMatch(/rtx|red\/|nack/);
		expect(scene.description.receives[0]?.codecs[0]).toEqual({ payloadType: 96, codec: 'VP8' });
	});

	it('has RED around other sound, and RTX of other codecs, left alone', () => {
		const sdp = clientSdp([
			{ kind: 'audio', codecs: { 63: 'red/48000/2;0/0', 64: 'red/8000;111/111', 111: 'opus/48000/2' } },
			{ kind: 'video', codecs: { 96: 'VP8/90000', 97: 'rtx/90000;apt=98', 98: 'H265/90000', 99: 'rtx/90000;apt=9' } },
		]);
		const { receives } = offered('broadcaster', sdp).description;
		expect(receives.map(({ redPayloadType, codecs }) => [redPayloadType, codecs[0]?.rtxPayloadType])).toEqual([
			[undefined, undefined],
			[undefined, undefined],
		]);
	});

	it('has its numbers kept in the sections that the server adds, none of them twice', () => {
		const scene = new Scene('room-peer');
		scene.start();
		scene.receive('offer', clientSdp([{ kind: 'video', codecs: { 97: 'VP8/90000', 112: 'rtx/90000;apt=97' } }]));
		scene.check('clie');
		scene.publish(a);
		const [, video, audio] = mediaSections(scene.sdp('offer'));
		const formats = [video, audio].flatMap((lines) => lines?.[0]?.split(' ').slice(3) ?? []);
		expect(formats.slice(0, 2)).toEqual(['97', '112']);
		expect(new Set(formats).size).toBe(formats.length);
		expect(formats).toHaveLength(10);
	});
});
