import type { CodecName, MediaKind } from '../rtp/codecs.ts';
import type { ExtensionIds } from './header-extensions.ts';
import type { PayloadMapping, Publication } from './media-description.ts';

/** One media section of the session with a client, as this server writes it. */
export interface Section {
	readonly mid: string;
	/** False for a section that a client offered without `a=mid`: the answer must not name one either. */
	readonly midWritten: boolean;
	/** Undefined for what this server never speaks (data channels, foreign profiles); always rejected. */
	readonly kind: MediaKind | undefined;
	readonly media: string;
	readonly protocol: string;
	/** The media line's formats, mirrored when the section is rejected and has no codecs. */
	readonly formats: string;
	readonly rejected: boolean;
	/** The publication that this client's media feeds. */
	readonly feeds?: string | undefined;
	/** The publication whose media is sent to this client. */
	readonly carries?: Publication | undefined;
	readonly codecs: readonly SectionCodec[];
	/** RED (RFC 2198) around Opus, ranked before it; sound only. */
	readonly redPayloadType?: number | undefined;
	readonly extensions: ExtensionIds;
	/** Whether `a=extmap-allow-mixed` may be written: in an answer only what the offer has. */
	readonly extmapAllowMixed: boolean;
	readonly rtcpRsize: boolean;
}

export interface SectionCodec {
	readonly payloadType: number;
	readonly codec: CodecName;
	/** Retransmissions (RFC 4588) of this payload type. */
	readonly rtxPayloadType?: number | undefined;
	readonly parameters?: string | undefined;
	/** In an answer: the feedback that the offer named; only that may be answered. */
	readonly offeredFeedback?: readonly string[] | undefined;
}

/** A section on which offer and answer agree. */
export interface AgreedSection {
	readonly section: Section;
	readonly remoteSends: boolean;
	readonly remoteReceives: boolean;
	/** What the client may send, under the payload types it uses. */
	readonly receiveCodecs: readonly PayloadMapping[];
	/** What the client accepts, under the payload types it expects. */
	readonly sendCodecs: readonly PayloadMapping[];
	/** The same for RED. */
	readonly receiveRed: number | undefined;
	readonly sendRed: number | undefined;
	/** Whether the client named generic NACK (RFC 4585 §4.2) for a codec that is agreed on. */
	readonly nack: boolean;
	/** Extensions that both sides named, under the ids they go by. */
	readonly extensions: ExtensionIds;
	readonly ssrcs: readonly number[];
}

/** A codec's numbers, for the media engine. */
export function payloadMapping({ payloadType, codec, rtxPayloadType }: SectionCodec): PayloadMapping {
	return rtxPayloadType === undefined ? { payloadType, codec } : { payloadType, codec, rtxPayloadType };
}

/** A section that will not be used, in its place in the session. */
export function rejectedSection(section: Section): AgreedSection {
	return {
		section: { ...section, rejected: true },
		remoteSends: false,
		remoteReceives: false,
		receiveCodecs: [],
		sendCodecs: [],
		receiveRed: undefined,
		sendRed: undefined,
		nack: false,
		extensions: {},
		ssrcs: [],
	};
}
