/**
 * The RTP header extensions (RFC 8285) this server speaks, with the ids of every offer it makes: one id for the whole server and both
 * directions, so that a packet written once for all viewers carries the right id.
 *
 * Left out on purpose: `urn:3gpp:video-orientation`. Without it a phone rotates its picture before it encodes, and viewers that know
 * nothing of the extension (recorders among them) still see it upright.
 */
export const headerExtensions = {
	/** RFC 8843 §15: tells which media section an uplink packet belongs to before its SSRC is known. */
	mid: { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 },
	/** 24 bit fixed point send time, for receive-side bandwidth estimation. */
	absSendTime: { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time', id: 2 },
	/** draft-holmer-rmcat-transport-wide-cc-extensions-01; uplink only, its sequence numbers belong to one transport. */
	transportCc: { uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01', id: 3 },
	/**
	 * AV1 RTP specification, appendix A; uplink only. AV1's payload says nothing of temporal layers; this does. A structure is longer than
	 * the 16 bytes of a one-byte element, so it comes with `a=extmap-allow-mixed`. Agreed on only where AV1 is sent: beside it Chromium
	 * strips VP8's payload of picture ids and layers, by which viewers get over a loss.
	 */
	dependencyDescriptor: { uri: 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension', id: 4 },
} as const;

export type ExtensionName = keyof typeof headerExtensions;

export const extensionNames: readonly ExtensionName[] = ['mid', 'absSendTime', 'transportCc', 'dependencyDescriptor'];

/** Extension ids on one transport. */
export type ExtensionIds = { readonly [name in ExtensionName]?: number };

/** The ids with the dependency descriptor under this one, or without it. */
export function withDependencyDescriptor(ids: ExtensionIds, id: number | undefined): ExtensionIds {
	const { dependencyDescriptor: _, ...others } = ids;
	return id === undefined ? others : { ...others, dependencyDescriptor: id };
}

/** Ids that fit the one-byte header form (RFC 8285 §4.2); 15 is reserved. Others are ignored when a client offers them. */
export const maxExtensionId = 14;

/** Picks this server's extensions from the `a=extmap` lines of a media section. */
export function extensionIdsOf(lines: readonly { readonly id: number; readonly uri: string }[]): ExtensionIds {
	const ids: { [name in ExtensionName]?: number } = {};
	for (const name of extensionNames) {
		const line = lines.find((candidate) => candidate.uri === headerExtensions[name].uri && candidate.id <= maxExtensionId);
		if (line !== undefined) ids[name] = line.id;
	}
	return ids;
}
