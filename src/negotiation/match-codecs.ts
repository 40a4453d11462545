import { type Codec, type CodecName, codecNamed, codecs, type MediaKind } from '../rtp/codecs.ts';
import { defaultProfileLevelId, h264Fitness } from './h264-profile.ts';
import { redPayloadTypeOf, rtxPayloadTypeOf } from './match-repairs.ts';
import type { RemoteCodec, RemoteSection } from './remote-description.ts';
import type { SectionCodec } from './section.ts';

/** One of this server's codecs in a client's media section, under the client's payload type. */
export interface MatchedCodec {
	readonly codec: CodecName;
	readonly payloadType: number;
	readonly rtxPayloadType: number | undefined;
	/** The fmtp line for an answer. */
	readonly parameters: string | undefined;
	readonly feedback: readonly string[];
}

/**
 * Maps a client's payload types to this server's codecs: at most one for each codec, in this server's order of preference, the best
 * fitting where the client lists several.
 *
 * `offered` is given for an answer to this server's offer. There a payload type of the offer whose rtpmap or fmtp line the client left
 * out is taken to mean what was offered.
 */
export function matchCodecs(section: RemoteSection, kind: MediaKind, offered: readonly SectionCodec[] = []): readonly MatchedCodec[] {
	const matched: MatchedCodec[] = [];
	for (const codec of codecs) {
		if (codec.kind !== kind) continue;
		let best: { remote: RemoteCodec; fitness: number } | undefined;
		for (const remote of section.codecs) {
			const asked = offered.find((candidate) => candidate.payloadType === remote.payloadType && candidate.codec === codec.name);
			const fitness = fitnessOf(remote, codec, asked);
			if (fitness > (best?.fitness ?? 0)) best = { remote, fitness };
		}
		if (best === undefined) continue;
		const { payloadType } = best.remote;
		const offeredRtx = offered.find((candidate) => candidate.codec === codec.name)?.rtxPayloadType;
		matched.push({
			codec: codec.name,
			payloadType,
			rtxPayloadType: kind === 'video' ? rtxPayloadTypeOf(section, payloadType, offeredRtx) : undefined,
			parameters: answerParameters(codec, best.remote),
			feedback: best.remote.feedback,
		});
	}
	return matched;
}

/** RED around the Opus that was matched; the server speaks it around nothing else. */
export function matchRed(section: RemoteSection, matched: readonly MatchedCodec[], offered?: number): number | undefined {
	const opus = matched.find(({ codec }) => codec === 'opus');
	return opus === undefined ? undefined : redPayloadTypeOf(section, opus.payloadType, offered);
}

/** Whether the client takes or sends generic NACKs for any of these (RFC 4585 §4.2). */
export function namesNack(matched: readonly MatchedCodec[]): boolean {
	return matched.some(({ feedback }) => feedback.includes('nack'));
}

/** 0: not this codec; the higher the better. */
function fitnessOf(remote: RemoteCodec, codec: Codec, asked: SectionCodec | undefined): number {
	if (remote.name === '') return asked === undefined ? 0 : 1;
	if (remote.name.toLowerCase() !== codec.name.toLowerCase() || remote.clockRate !== codec.clockRate) return 0;
	const parameter = (name: string, fallback: string): string => remote.parameters.get(name) ?? fallback;
	switch (codec.name) {
		case 'H264': {
			// RFC 6184 §6.2: without the parameter, single NAL unit mode (0) is meant; cameras fragment their pictures, so 1 is needed.
			if (parameter('packetization-mode', asked === undefined ? '0' : '1') !== '1') return 0;
			const fitness = h264Fitness(parameter('profile-level-id', asked === undefined ? defaultProfileLevelId : '42e01f'));
			return fitness === 'constrained-baseline' ? 2 : fitness === 'baseline' ? 1 : 0;
		}
		case 'VP9':
			return parameter('profile-id', '0') === '0' ? 1 : 0;
		case 'AV1':
			return parameter('profile', '0') === '0' ? 1 : 0;
		case 'opus':
			// RFC 7587 §7: the rtpmap says two channels whatever is sent; some senders leave them out.
			return remote.channels === 2 || remote.channels === 1 ? 1 : 0;
		default:
			return 1;
	}
}

function answerParameters(codec: Codec, remote: RemoteCodec): string | undefined {
	if (codec.name !== 'H264') return codecNamed(codec.name).parameters;
	// RFC 6184 §8.2.2: the profile of an answer is the offer's, and asymmetric levels only if both sides say so.
	const asymmetric = remote.parameters.get('level-asymmetry-allowed') === '1' ? 'level-asymmetry-allowed=1;' : '';
	const profile = remote.parameters.get('profile-level-id');
	return `${asymmetric}packetization-mode=1${profile === undefined ? '' : `;profile-level-id=${profile}`}`;
}
