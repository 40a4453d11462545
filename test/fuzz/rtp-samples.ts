import { BitWriter } from '../../src/rtp/bit-writer.fixture.ts';
import type { CodecName } from '../../src/rtp/codecs.ts';

export interface SamplePacket {
	readonly payload: readonly number[];
	readonly csrcs?: number;
	/** Elements of the header extension, in either form of RFC 8285. */
	readonly oneByte?: readonly number[];
	readonly twoByte?: readonly number[];
	/** Octets of padding, the count included. */
	readonly padding?: number;
}

/** An RTP packet. */
export function rtpPacket({ payload, csrcs = 0, oneByte, twoByte, padding = 0 }: SamplePacket): Uint8Array {
	const elements = [...(oneByte ?? twoByte ?? [])];
	while (elements.length % 4 !== 0) elements.push(0);
	const profile = oneByte === undefined ? [0x10, 0x00] : [0xbe, 0xde];
	const extension = oneByte === undefined && twoByte === undefined ? [] : [...profile, 0, elements.length / 4, ...elements];
	const flags = 0x80 | (padding > 0 ? 0x20 : 0) | (extension.length > 0 ? 0x10 : 0) | csrcs;
	const header = [flags, 0xe0, 0x12, 0x34, 0, 1, 2, 3, 0xca, 0xfe, 0xba, 0xbe, ...new Array<number>(4 * csrcs).fill(5)];
	const filling = Array.from({ length: padding }, (_, at) => (at === padding - 1 ? padding : 0));
	return Uint8Array.from([...header, ...extension, ...payload, ...filling]);
}

/** Dependency descriptors of libwebrtc's L1T3: the structure with a keyframe, then packets of its templates. */
export const dependencyDescriptors: readonly (readonly number[])[] = [
	new BitWriter()
		.put([2, 3], [6, 10], [16, 1], [5, 0b10000], [6, 10], [5, 2], [2, 0], [2, 1], [2, 1], [2, 0], [2, 3])
		.put([6, 0b101010], [6, 0b101010], [6, 0b000110], [6, 0b000001], [6, 0b000001], [24, 0x123456])
		.bytes(),
	new BitWriter().put([2, 3], [6, 12], [16, 2]).bytes(),
	new BitWriter().put([2, 3], [6, 13], [16, 3], [5, 0b01100], [3, 7], [6, 0b000110]).bytes(),
];

/** The id under which {@link codecPackets} carry the descriptors. */
export const descriptorId = 4;

const vp8Payloads = [
	[0x90, 0xe0, 0x81, 1, 7, 0x00, 0x00, 1, 2],
	[0x80, 0xe0, 0x7f, 7, 0xa0, 0x01, 0],
	[0x10, 0x01, 0, 0],
];
const vp9Payloads = [
	[0x88, 0x81, 2, 0, 1],
	[0xe8, 0x80, 1, 0x50, 0, 0],
	[0xa8, 0x01, 0x30, 9, 9],
];
const h264Payloads = [
	[0x67, 0x42, 0xe0, 0x1f],
	[0x65, 0x88, 0],
	[0x18, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce, 0, 3, 0x65, 0x88, 0],
	[0x7c, 0x85, 0x88, 0],
	[0x41, 0x9a, 0],
];

/** Packets of each codec, of keyframes and of others. */
export const codecPackets: Readonly<Record<CodecName, readonly Uint8Array[]>> = {
	VP8: vp8Payloads.map((payload) => rtpPacket({ payload })),
	VP9: vp9Payloads.map((payload) => rtpPacket({ payload })),
	H264: h264Payloads.map((payload) => rtpPacket({ payload })),
	AV1: dependencyDescriptors.map((data) => rtpPacket({ payload: [0x18, 0x0a, 0], twoByte: [descriptorId, data.length, ...data] })),
	opus: [rtpPacket({ payload: [0x78, 1, 2, 3] })],
};

/** One-byte form: mid, abs-send-time, transport-cc; two-byte form: an empty element, mid, transport-cc. */
export const packetsWithExtensions: readonly Uint8Array[] = [
	rtpPacket({ payload: [1, 2, 3], oneByte: [0x10, 0x30, 0x22, 1, 2, 3, 0x31, 0xff, 0xfe] }),
	rtpPacket({ payload: [1, 2, 3], oneByte: [0, 0, 0x13, 0x61, 0x62, 0x63, 0x64, 0xf0, 1], csrcs: 3 }),
	rtpPacket({ payload: [1, 2, 3], twoByte: [9, 0, 1, 1, 0x30, 3, 2, 0xff, 0xfe], padding: 4 }),
	rtpPacket({ payload: [], twoByte: [255, 2, 7, 7], padding: 8 }),
];

/** RED with two earlier blocks, with none, and with an empty one. */
export const redPackets: readonly Uint8Array[] = [
	rtpPacket({ payload: [0xef, 0x0f, 0, 1, 0xef, 0x07, 0x80, 2, 0x6f, 1, 2, 2, 8, 9] }),
	rtpPacket({ payload: [0x6f, 5, 6] }),
	rtpPacket({ payload: [0xef, 0x0f, 0, 0, 0x6f, 5], padding: 3 }),
];
