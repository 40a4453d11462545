import { headerExtensions } from '../../negotiation/header-extensions.ts';
import type { PayloadMapping, Publication, ReceiveSection, SendSection } from '../../negotiation/media-description.ts';
import { codecNamed, codecs } from '../../rtp/codecs.ts';

const opus = codecNamed('opus');

/** Every picture codec under the server's own numbers. */
export const pictureCodecs: readonly PayloadMapping[] = codecs
	.filter((codec) => codec.kind === 'video')
	.map(({ name, payloadType, rtxPayloadType }) => ({
		codec: name,
		payloadType,
		...(rtxPayloadType === undefined ? {} : { rtxPayloadType }),
	}));

/** The same without retransmission streams: repairs are the packets themselves. */
export const pictureCodecsWithoutRtx: readonly PayloadMapping[] = pictureCodecs.map(({ codec, payloadType }) => ({ codec, payloadType }));

/** The peer sends the publication's picture. */
export function pictureFeed({ publicationId }: Publication, changes: Partial<ReceiveSection> = {}): ReceiveSection {
	return { mid: '0', kind: 'video', publicationId, codecs: pictureCodecs, nack: true, extensions: {}, ssrcs: [], ...changes };
}

/** The peer sends the publication's sound, as RED too. */
export function soundFeed({ publicationId }: Publication, changes: Partial<ReceiveSection> = {}): ReceiveSection {
	return {
		mid: '1',
		kind: 'audio',
		publicationId,
		codecs: [{ codec: 'opus', payloadType: opus.payloadType }],
		redPayloadType: opus.redPayloadType ?? 0,
		nack: false,
		extensions: {},
		ssrcs: [],
		...changes,
	};
}

/** The peer is sent the publication's picture. */
export function pictureView({ publicationId }: Publication, changes: Partial<SendSection> = {}): SendSection {
	const extensions = { absSendTime: headerExtensions.absSendTime.id };
	return { mid: '0', kind: 'video', publicationId, codecs: pictureCodecs, nack: true, extensions, ...changes };
}

/** The peer is sent the publication's sound, without RED unless `changes` name it. */
export function soundView({ publicationId }: Publication, changes: Partial<SendSection> = {}): SendSection {
	const extensions = { absSendTime: headerExtensions.absSendTime.id };
	const opusAlone = [{ codec: 'opus', payloadType: opus.payloadType }] as const;
	return { mid: '1', kind: 'audio', publicationId, codecs: opusAlone, nack: false, extensions, ...changes };
}
