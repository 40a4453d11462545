/**
 * The codecs this server relays. Each has one payload type (and one RTX payload type, RFC 4588) for the whole server, so that a
 * packet is rewritten once per source and every viewer that was offered by the server gets the same plaintext.
 */

export type MediaKind = 'audio' | 'video';

export type CodecName = 'VP8' | 'H264' | 'VP9' | 'AV1' | 'opus';

export interface Codec {
	readonly name: CodecName;
	readonly kind: MediaKind;
	/** RTP clock, ticks per second. */
	readonly clockRate: number;
	/** Sound only: the channel count of the rtpmap line. */
	readonly channels?: number;
	/** Payload type in every offer this server makes. */
	readonly payloadType: number;
	/** Pictures only: payload type of the codec's retransmissions (RFC 4588) in every offer this server makes. */
	readonly rtxPayloadType?: number;
	/** Sound only: payload type of packets that repeat earlier ones (RED, RFC 2198) in every offer this server makes. */
	readonly redPayloadType?: number;
	/** The fmtp line in the server's offers, without its prefix. */
	readonly parameters?: string;
}

/** In order of preference: a broadcaster sends the first that it accepts. */
export const codecs: readonly Codec[] = [
	{ name: 'VP8', kind: 'video', clockRate: 90000, payloadType: 96, rtxPayloadType: 97 },
	{
		name: 'H264',
		kind: 'video',
		clockRate: 90000,
		payloadType: 98,
		rtxPayloadType: 99,
		parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
	},
	{ name: 'VP9', kind: 'video', clockRate: 90000, payloadType: 100, rtxPayloadType: 101, parameters: 'profile-id=0' },
	{ name: 'AV1', kind: 'video', clockRate: 90000, payloadType: 102, rtxPayloadType: 103 },
	{
		name: 'opus',
		kind: 'audio',
		clockRate: 48000,
		channels: 2,
		payloadType: 111,
		redPayloadType: 112,
		parameters: 'minptime=10;useinbandfec=1',
	},
];

export function codecNamed(name: CodecName): Codec {
	const codec = codecs.find((candidate) => candidate.name === name);
	if (codec === undefined) throw new Error(`no such codec: ${name}`);
	return codec;
}
