/**
 * What a finished negotiation means for media: plain, serialisable values that cross from signaling to the media engine
 * (which may live in another thread). Nothing here refers to SDP text any more.
 */
import type { CodecName, MediaKind } from '../rtp/codecs.ts';

export interface IceCredentials {
	readonly ufrag: string;
	readonly pwd: string;
}

/** A certificate's digest as in `a=fingerprint` (RFC 8122): lower-case algorithm, upper-case hex pairs parted by colons. */
export interface Fingerprint {
	readonly algorithm: 'sha-256' | 'sha-384' | 'sha-512';
	readonly value: string;
}

/** A codec under the payload type that stands for it on this peer's transport. */
export interface PayloadMapping {
	readonly payloadType: number;
	readonly codec: CodecName;
	/** The codec's retransmissions (RFC 4588) on this transport; undefined where one side does not speak them. */
	readonly rtxPayloadType?: number;
}

/** Media this peer sends to the server: the feed of one publication's picture or sound. */
export interface ReceiveSection {
	readonly mid: string;
	readonly kind: MediaKind;
	readonly publicationId: string;
	readonly codecs: readonly PayloadMapping[];
	/** Sound only: packets that repeat earlier ones (RED, RFC 2198), whose blocks bear the payload type of Opus. */
	readonly redPayloadType?: number;
	/** Whether this peer answers generic NACKs (RFC 4585, section 6.2.1). */
	readonly nack: boolean;
	/** Header extension ids (RFC 8285) on this transport. */
	readonly extensions: {
		readonly mid?: number;
		readonly absSendTime?: number;
		readonly transportCc?: number;
		readonly dependencyDescriptor?: number;
	};
	/** SSRCs named by `a=ssrc` lines; empty when the description names none (then mid or payload type tells). */
	readonly ssrcs: readonly number[];
}

/** Media the server sends to this peer. `codecs` holds what the peer accepts, under the payload types it expects. */
export interface SendSection {
	readonly mid: string;
	readonly kind: MediaKind;
	readonly publicationId: string;
	readonly codecs: readonly PayloadMapping[];
	/** Sound only: the peer takes RED (RFC 2198) under this payload type, with blocks under its payload type of Opus. */
	readonly redPayloadType?: number;
	/** Whether this peer may send generic NACKs (RFC 4585, section 6.2.1). */
	readonly nack: boolean;
	readonly extensions: { readonly absSendTime?: number };
}

export interface MediaDescription {
	readonly remoteUfrag: string;
	readonly fingerprint: Fingerprint;
	readonly receives: readonly ReceiveSection[];
	readonly sends: readonly SendSection[];
}

/** One person's outgoing picture and sound in a room, with the numbers every viewer sees for as long as it exists. */
export interface Publication {
	readonly publicationId: string;
	/** The msid stream id and the cname of both tracks. */
	readonly streamName: string;
	readonly videoSsrc: number;
	/** Retransmissions of the picture (RFC 4588, section 5.3: a stream of their own). */
	readonly videoRtxSsrc: number;
	readonly audioSsrc: number;
}
