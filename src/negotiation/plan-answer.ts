import { extensionIdsOf, withDependencyDescriptor } from './header-extensions.ts';
import { type MatchedCodec, matchCodecs, matchRed, namesNack } from './match-codecs.ts';
import type { Publication } from './media-description.ts';
import type { RemoteDescription, RemoteSection } from './remote-description.ts';
import { type AgreedSection, payloadMapping, rejectedSection, type Section } from './section.ts';

export interface ClientOffer {
	readonly offer: RemoteDescription;
	/** The sections of the session so far, which the offer continues in order; empty for a new session. */
	readonly agreed: readonly AgreedSection[];
	/** The publication that this client may feed; undefined for viewers. */
	readonly feeds: string | undefined;
	readonly wanted: readonly Publication[];
}

export interface AnswerPlan {
	readonly sections: readonly AgreedSection[];
	/** Names of codecs that the client would have sent and this server does not relay, one for each section refused for it. */
	readonly unsupported: readonly string[];
}

/**
 * Decides what each section of a client's offer is used for. Sections that send feed the client's publication, one of each kind;
 * sections that receive get a publication that no other section of that kind carries. Earlier uses of a section stay.
 */
export function planAnswer({ offer, agreed, feeds, wanted }: ClientOffer): AnswerPlan {
	const unsupported: string[] = [];
	const sections = offer.sections.map((remote, index) => {
		const matched = remote.kind === undefined || remote.rejected || !remote.rtcpMux ? [] : matchCodecs(remote, remote.kind);
		if (matched.length > 0) return answered(remote, matched, keptUses(agreed[index]?.section, feeds, wanted));
		const name = remote.codecs[0]?.name ?? '';
		if (feeds !== undefined && !remote.rejected && sends(remote) && /^[\w.-]{1,32}$/.test(name)) unsupported.push(name);
		return rejectedSection(mirrored(remote, []));
	});
	return { sections: assign(sections, feeds, wanted), unsupported };
}

type Uses = Pick<Section, 'feeds' | 'carries'>;

function keptUses(section: Section | undefined, feeds: string | undefined, wanted: readonly Publication[]): Uses {
	return {
		feeds: section?.feeds === feeds ? feeds : undefined,
		carries: wanted.find(({ publicationId }) => publicationId === section?.carries?.publicationId),
	};
}

/** Gives the sections without a use the first one that is free for their kind, in order. */
function assign(sections: readonly AgreedSection[], feeds: string | undefined, wanted: readonly Publication[]): readonly AgreedSection[] {
	const result = [...sections];
	for (const [index, entry] of result.entries()) {
		if (entry.section.rejected) continue;
		const ofKind = result.filter(({ section }) => section.kind === entry.section.kind);
		let { feeds: feed, carries } = entry.section;
		if (entry.remoteSends && feed === undefined && !ofKind.some(({ section }) => section.feeds !== undefined)) feed = feeds;
		if (entry.remoteReceives && carries === undefined) {
			carries = wanted.find(
				({ publicationId }) => !ofKind.some(({ section }) => section.carries?.publicationId === publicationId && !section.rejected),
			);
		}
		result[index] = { ...entry, section: { ...entry.section, feeds: feed, carries } };
	}
	return result;
}

function answered(remote: RemoteSection, matched: readonly MatchedCodec[], uses: Uses): AgreedSection {
	const codecs = matched.map(payloadMapping);
	const red = matchRed(remote, matched);
	const section = { ...mirrored(remote, matched), redPayloadType: red, ...uses };
	return {
		section,
		remoteSends: sends(remote),
		remoteReceives: remote.direction === 'sendrecv' || remote.direction === 'recvonly',
		receiveCodecs: codecs,
		sendCodecs: codecs,
		receiveRed: red,
		sendRed: red,
		nack: namesNack(matched),
		extensions: section.extensions,
		ssrcs: remote.ssrcs,
	};
}

function sends(remote: RemoteSection): boolean {
	return remote.direction === 'sendrecv' || remote.direction === 'sendonly';
}

function mirrored(remote: RemoteSection, matched: readonly MatchedCodec[]): Section {
	const ids = extensionIdsOf(remote.extensions);
	// A client sends the first codec of the answer.
	const sendsAv1 = matched[0]?.codec === 'AV1' && sends(remote);
	return {
		mid: remote.mid,
		midWritten: remote.midGiven,
		kind: remote.kind,
		media: remote.media,
		protocol: remote.protocol,
		// RFC 3264 §6: a refused section needs one format, which means nothing.
		formats: remote.formats.split(' ')[0] ?? '0',
		rejected: false,
		codecs: matched.map(({ feedback, ...codec }) => ({ ...codec, offeredFeedback: feedback })),
		extensions: withDependencyDescriptor(ids, sendsAv1 ? ids.dependencyDescriptor : undefined),
		extmapAllowMixed: remote.extmapAllowMixed,
		rtcpRsize: remote.rtcpRsize,
	};
}
