import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MediaKind } from '../rtp/codecs.ts';
import { clientSdp, expectValue } from './client-sdp.fixture.ts';
import { h264Fitness } from './h264-profile.ts';
import { matchCodecs } from './match-codecs.ts';
import { parseDescription } from './parse-description.ts';
import type { SectionCodec } from './section.ts';

const sample = (name: string): string => readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8');

function matches(sdp: string, kind: MediaKind, offered: readonly SectionCodec[] = []): string[] {
	const section = expectValue(parseDescription(sdp)).sections.find((candidate) => candidate.kind === kind);
	return section === undefined ? [] : matchCodecs(section, kind, offered).map(({ codec, payloadType }) => `${codec} ${payloadType}`);
}

function videoMatches(codecs: Readonly<Record<number, string>>, offered: readonly SectionCodec[] = []): string[] {
	return matches(clientSdp([{ kind: 'video', codecs }]), 'video', offered);
}

describe('matchCodecs', () => {
	it('maps the payload types of browsers in the order of this server', () => {
		expect(matches(sample('safari-offer'), 'video')).toEqual(['VP8 100', 'H264 98', 'VP9 127']);
		expect(matches(sample('firefox-offer'), 'video')).toEqual(['VP8 120', 'H264 126', 'VP9 121']);
		expect(matches(sample('firefox-offer'), 'audio')).toEqual(['opus 109']);
	});

	it('takes H264 only with packetization-mode 1', () => {
		expect(videoMatches({ 100: 'H264/90000;profile-level-id=42e01f' })).toEqual([]);
		expect(videoMatches({ 100: 'H264/90000;packetization-mode=1' })).toEqual(['H264 100']);
	});

	it('prefers constrained baseline to baseline wherever it stands', () => {
		const baseline = 'H264/90000;packetization-mode=1;profile-level-id=42001f';
		const constrained = 'h264/90000; Packetization-Mode=1; profile-level-id=42E01F';
		expect(videoMatches({ 100: baseline, 101: constrained })).toEqual(['H264 101']);
		expect(videoMatches({ 100: baseline })).toEqual(['H264 100']);
	});

	it('leaves High profile, VP9 profile 2 and AV1 profile 1 alone', () => {
		expect(
			videoMatches({
				100: 'H264/90000;packetization-mode=1;profile-level-id=640c1f',
				101: 'VP9/90000;profile-id=2',
				102: 'AV1/90000;profile=1',
				103: 'H265/90000',
				104: 'VP8/8000',
			}),
		).toEqual([]);
	});

	it('reads what an answer leaves out as what was offered', () => {
		const offered: SectionCodec[] = [{ payloadType: 98, codec: 'H264' }];
		expect(videoMatches({ 98: 'H264/90000' }, offered)).toEqual(['H264 98']);
		expect(videoMatches({ 98: 'H264/90000;packetization-mode=0' }, offered)).toEqual([]);
		const bare = clientSdp([{ kind: 'video', codecs: { 98: 'H264/90000' } }]).replace(/a=rtpmap.*\r\n/, '');
		expect(matches(bare, 'video', offered)).toEqual(['H264 98']);
		expect(matches(bare, 'video')).toEqual([]);
	});
});

describe('h264Fitness', () => {
	it.each([
		['42e01f', 'constrained-baseline'],
		['42C00A', 'constrained-baseline'],
		['4d801f', 'constrained-baseline'],
		['58c01f', 'constrained-baseline'],
		['42001f', 'baseline'],
		['58801f', 'baseline'],
		['4d001f', 'unfit'],
		['640c1f', 'unfit'],
		['42e0', 'unfit'],
		['zzzzzz', 'unfit'],
	])('judges %s as %s', (profileLevelId, fitness) => {
		expect(h264Fitness(profileLevelId)).toBe(fitness);
	});
});
