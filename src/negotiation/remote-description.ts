import type { MediaKind } from '../rtp/codecs.ts';
import type { Fingerprint } from './media-description.ts';

/** What a client's SDP says, as far as this server uses it. Made by `parseDescription`. */
export interface RemoteDescription {
	readonly sections: readonly RemoteSection[];
	/** The transport of the BUNDLE group's first accepted section (RFC 8843); undefined when every section is rejected. */
	readonly transport: RemoteTransport | undefined;
	/** Whether the SDP has a BUNDLE group. */
	readonly bundled: boolean;
	readonly iceLite: boolean;
}

export interface RemoteTransport {
	readonly ufrag: string;
	readonly pwd: string;
	readonly fingerprint: Fingerprint;
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
export type SetupRole = 'active' | 'passive' | 'actpass' | 'holdconn';

export interface RemoteSection {
	/** Undefined for anything that is not sound or picture over RTP. */
	readonly kind: MediaKind | undefined;
	/** The first three words of the media line, to mirror them in an answer. */
	readonly media: string;
	readonly protocol: string;
	readonly formats: string;
	readonly mid: string;
	/** False when the SDP has no `a=mid` here and `mid` was made up from the section's place. */
	readonly midGiven: boolean;
	/** Port 0 without `a=bundle-only`, or a transport of its own outside the bundle: not to be used. */
	readonly rejected: boolean;
	/** From the client's point of view. */
	readonly direction: Direction;
	readonly setup: SetupRole | undefined;
	readonly codecs: readonly RemoteCodec[];
	readonly extensions: readonly { readonly id: number; readonly uri: string }[];
	/** Primary SSRCs of `a=ssrc` lines, those of retransmission and error correction streams left out. */
	readonly ssrcs: readonly number[];
	/** `a=extmap-allow-mixed` here or for the session (RFC 8285 §4.1.2): one- and two-byte extension headers may take turns. */
	readonly extmapAllowMixed: boolean;
	readonly rtcpMux: boolean;
	readonly rtcpRsize: boolean;
}

/** One payload type of the media line. `name` is empty when it has no rtpmap line. */
export interface RemoteCodec {
	readonly payloadType: number;
	readonly name: string;
	readonly clockRate: number;
	readonly channels: number;
	/** The fmtp line as it stands, without its payload type; '' without one. */
	readonly format: string;
	/** The fmtp parameters, names in lower case. */
	readonly parameters: ReadonlyMap<string, string>;
	/** `a=rtcp-fb` values, such as `nack pli`, those of payload type `*` included. */
	readonly feedback: readonly string[];
}
