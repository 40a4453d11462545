import { KEYFRAME_START } from '../relay/packet-cache.ts';
import { type CodecName, codecs } from '../rtp/codecs.ts';
import type { PacketLayers } from '../rtp/layers.ts';

/**
 * What the cache keeps beside a packet's bytes, in 16 bits:
 *
 * ```
 *  15 14 13     11 10      8 7         4 3       1 0
 * +-----+---------+---------+-----------+---------+---+
 * |  0  |  codec  |  needs  | switch + 1| temporal| K |   K: begins a keyframe
 * +-----+---------+---------+-----------+---------+---+
 * ```
 */
export function packFlags(layers: PacketLayers, codec: CodecName): number {
	const place = codecs.findIndex((candidate) => candidate.name === codec);
	return (
		(layers.startsKeyframe ? KEYFRAME_START : 0) |
		((layers.temporalId & 7) << 1) |
		(((layers.switchTo + 1) & 15) << 4) |
		((layers.needs & 7) << 8) |
		((place & 7) << 11)
	);
}

export function unpackLayers(flags: number, into: PacketLayers): void {
	into.startsKeyframe = (flags & KEYFRAME_START) !== 0;
	into.temporalId = (flags >> 1) & 7;
	into.switchTo = ((flags >> 4) & 15) - 1;
	into.needs = (flags >> 8) & 7;
}

export function unpackCodec(flags: number): CodecName | undefined {
	return codecs[(flags >> 11) & 7]?.name;
}
