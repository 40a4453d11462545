import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientSdp, expectValue, fingerprintA, samples } from './client-sdp.fixture.ts';
import { maxLines, maxRemoteSections, parseDescription } from './parse-description.ts';

const sample = (name: string): string => readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8');

describe('parseDescription', () => {
	it.each(samples)('reads %s', (name) => {
		const description = expectValue(parseDescription(sample(name)));
		expect(description.bundled).toBe(true);
		expect(description.transport?.fingerprint.algorithm).toBe('sha-256');
		expect(description.sections.filter((section) => section.kind === 'video')).toHaveLength(1);
		expect(description.sections.filter((section) => section.kind === 'audio')).toHaveLength(1);
		expect(description.sections.every((section) => !section.rejected && section.setup !== 'passive')).toBe(true);
	});

	it('takes codecs, feedback, extensions and primary SSRCs from a section', () => {
		const { sections } = expectValue(parseDescription(sample('firefox-offer')));
		const video = sections[0];
		expect(video?.codecs[0]).toMatchObject({ payloadType: 120, name: 'VP8', clockRate: 90000 });
		expect(video?.codecs[0]?.feedback).toContain('transport-cc');
		expect(video?.extensions).toContainEqual({ id: 3, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' });
		expect(video?.ssrcs).toEqual([1338482106]);
		expect(sections[1]?.codecs[0]).toMatchObject({ payloadType: 109, name: 'opus', channels: 2 });
	});

	it('reads feedback with a blank after it, as Pion writes', () => {
		const { sections } = expectValue(parseDescription(sample('pion-answer-viewer')));
		expect(sections[0]?.codecs[0]?.feedback).toContain('goog-remb');
	});

	it.each([
		['LF', '\n'],
		['CR', '\r'],
	])('takes %s line ends and a missing last one', (_name, lineEnd) => {
		const text = sample('chromium-offer-sendrecv').trimEnd().replaceAll(/\r?\n/g, lineEnd);
		expect(parseDescription(text)).toEqual(parseDescription(sample('chromium-offer-sendrecv')));
	});

	it('takes credentials of digits alone', () => {
		const sdp = clientSdp([{ kind: 'audio' }], { ufrag: '0123' }).replace('0123456789abcdefghijklmn', '1234567890123456789012');
		expect(expectValue(parseDescription(sdp)).transport).toMatchObject({ ufrag: '0123', pwd: '1234567890123456789012' });
		expect(expectValue(parseDescription(sdp.replaceAll(':0123', ':4711'))).transport?.ufrag).toBe('4711');
	});

	it('passes over a digest it does not trust beside one it does', () => {
		const sha1 = 'a=fingerprint:sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\r\n';
		const sdp = clientSdp([{ kind: 'audio' }]).concat(sha1);
		expect(expectValue(parseDescription(sdp)).transport?.fingerprint.value).toBe(fingerprintA);
		expect(parseDescription(sdp.replaceAll(/a=fingerprint:sha-256.*\r\n/g, ''))).toEqual({ ok: false, error: 'no-transport' });
	});

	it('takes the transport of the first bundled section in use', () => {
		const sdp = clientSdp([{ kind: 'video', rejected: true }, { kind: 'audio' }]);
		const description = expectValue(parseDescription(sdp));
		expect(description.transport?.ufrag).toBe('clie');
		expect(description.sections.map((section) => section.rejected)).toEqual([true, false]);
	});

	it('rejects a section outside the bundle that has a transport of its own', () => {
		const sdp = clientSdp([{ kind: 'video' }, { kind: 'audio' }]).replace('BUNDLE 0 1', 'BUNDLE 0');
		expect(expectValue(parseDescription(sdp)).sections.map((section) => section.rejected)).toEqual([false, false]);
		const apart = sdp.replace(/(m=audio[\s\S]*)ice-ufrag:clie/, '$1ice-ufrag:other');
		expect(expectValue(parseDescription(apart)).sections.map((section) => section.rejected)).toEqual([false, true]);
	});

	it('makes a mid up where there is none', () => {
		const sdp = clientSdp([{ kind: 'video' }])
			.replace(/a=mid.*\r\n/, '')
			.replace(/a=group.*\r\n/, '');
		expect(expectValue(parseDescription(sdp)).sections[0]).toMatchObject({ mid: 'section-0', midGiven: false });
	});

	it.each([
		['text that is no SDP', 'hello', 'bad-sdp'],
		['a later version', 'v=1\r\n', 'bad-sdp'],
		['a media line without a port', clientSdp([{ kind: 'audio' }]).replace('audio 9', 'audio x'), 'bad-media-line'],
		['a port out of range', clientSdp([{ kind: 'audio' }]).replace('audio 9', 'audio 70000'), 'bad-media-line'],
		['a mid with odd signs', clientSdp([{ kind: 'audio', mid: '<b>' }]), 'bad-media-line'],
		[
			'one mid twice',
			clientSdp([
				{ kind: 'audio', mid: 'x' },
				{ kind: 'video', mid: 'x' },
			]),
			'duplicate-mid',
		],
		['no credentials', clientSdp([{ kind: 'audio' }]).replace(/a=ice-ufrag.*\r\n/, ''), 'no-transport'],
		['a digest of the wrong length', clientSdp([{ kind: 'audio' }], { fingerprint: 'AA:BB' }), 'no-transport'],
		['too many lines', `v=0\r\n${'a=x\r\n'.repeat(maxLines)}`, 'too-many-lines'],
		['too many sections', `v=0\r\n${'m=audio 9 RTP/SAVPF 0\r\n'.repeat(maxRemoteSections + 1)}`, 'too-many-sections'],
	])('refuses %s', (_name, sdp, error) => {
		expect(parseDescription(sdp)).toEqual({ ok: false, error });
	});

	it('never throws and never takes long, whatever is done to a description', () => {
		const originals = samples.map(sample);
		const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), put: fc.string({ maxLength: 20 }) });
		fc.assert(
			fc.property(fc.constantFrom(...originals), fc.array(edit, { maxLength: 6 }), (original, edits) => {
				let text = original;
				for (const { at, cut, put } of edits) {
					const from = Math.floor(at * text.length);
					text = text.slice(0, from) + put + text.slice(from + cut);
				}
				const result = parseDescription(text);
				if (result.ok) expect(result.value.sections.length).toBeLessThanOrEqual(maxRemoteSections);
			}),
			{ numRuns: 300 },
		);
	});

	it.each(['a=fmtp:96 ;', 'a=ssrc-group:FID 1 ', 'a=rtpmap:1 a/', 'a=extmap:1 a ', 'a=group:BUNDLE a ', 'm=video 9 RTP/SAVPF 9 '])(
		'reads a line that goes on from %s for 60,000 signs in short time',
		(start) => {
			expect(parseMs(`v=0\r\nm=video 9 RTP/SAVPF 96\r\n${start}${start.slice(-2).repeat(30_000)}\r\n`)).toBeLessThan(500);
		},
	);

	it('reads as many sections, payload types and lines as fit in short time', () => {
		const everyType = Array.from({ length: 128 }, (_, index) => index).join(' ');
		const section = `m=video 9 RTP/SAVPF ${everyType}\r\n${'a=rtcp-fb:* x\r\n'.repeat(40)}`;
		expect(parseMs(`v=0\r\n${section.repeat(maxRemoteSections)}`)).toBeLessThan(500);
	});
});

function parseMs(sdp: string): number {
	const before = performance.now();
	parseDescription(sdp);
	return performance.now() - before;
}
