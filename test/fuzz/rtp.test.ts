import type { CodecName } from '../../src/rtp/codecs.ts';
import { DependencyDescriptorReader } from '../../src/rtp/dependency-descriptor.ts';
import { findExtension, readAbsSendTime, readMid, readTransportSequence } from '../../src/rtp/header-extension.ts';
import { isKeyframeStart } from '../../src/rtp/keyframe.ts';
import { createPacketLayers, LayerReader, NO_SWITCH, TOP_TEMPORAL_ID } from '../../src/rtp/layers.ts';
import { createRtpHeader, parseProtectedRtpHeader, parseRtpHeader, RTP_FIXED_HEADER_BYTES, type RtpHeader } from '../../src/rtp/packet.ts';
import { primaryBlock, renameRedBlocks } from '../../src/rtp/red.ts';
import { RTX_OVERHEAD_BYTES, unwrapRetransmission, wrapRetransmission } from '../../src/rtp/retransmission.ts';
import { createVp8Descriptor, moveVp8PictureBack, readVp8Descriptor } from '../../src/rtp/vp8-descriptor.ts';
import { MAX_INPUT } from './damage.ts';
import { type ByteParser, feedBytes, within } from './feed.ts';
import { codecPackets, dependencyDescriptors, descriptorId, packetsWithExtensions, redPackets } from './rtp-samples.ts';

const everyPacket = [...Object.values(codecPackets).flat(), ...packetsWithExtensions, ...redPackets];

/** The header, or undefined; what it tells lies within the packet. */
function headerOf(parse: typeof parseRtpHeader, bytes: Uint8Array, length: number): RtpHeader | undefined {
	const header = createRtpHeader();
	if (!parse(bytes, length, header)) return undefined;
	within('the header', header.headerLength, RTP_FIXED_HEADER_BYTES, length);
	within('the start of the extension', header.extensionOffset, RTP_FIXED_HEADER_BYTES, header.headerLength);
	within('the end of the extension', header.extensionOffset + header.extensionLength, header.extensionOffset, header.headerLength);
	within('the payload', header.payloadOffset + header.payloadLength, header.headerLength, length);
	return header;
}

/** Reads packets whose header is in order. */
function ofPackets(
	name: string,
	samples: readonly Uint8Array[],
	read: (bytes: Uint8Array, header: RtpHeader, length: number) => unknown,
): ByteParser {
	return {
		name,
		samples,
		read(bytes, length) {
			const header = headerOf(parseRtpHeader, bytes, length);
			return header && read(bytes, header, length);
		},
	};
}

function extensionsOf(bytes: Uint8Array, header: RtpHeader): unknown {
	return [1, 2, 3, 4, 9, 14, 15, 255].map((id) => {
		const element = { offset: 0, length: 0 };
		if (!findExtension(bytes, header, id, element)) return undefined;
		within('an element', element.offset, header.extensionOffset, header.headerLength);
		within('the end of an element', element.offset + element.length, element.offset, header.headerLength);
		within('a transport-wide number', readTransportSequence(bytes, element), -1, 0xffff);
		within('a time of sending', readAbsSendTime(bytes, element), -1, 0xffffff);
		return [element, readMid(bytes, element), readTransportSequence(bytes, element), readAbsSendTime(bytes, element)];
	});
}

const wrapped = new Uint8Array(MAX_INPUT + RTX_OVERHEAD_BYTES);

function retransmissionOf(bytes: Uint8Array, header: RtpHeader, length: number): unknown {
	const outLength = wrapRetransmission(bytes, header.headerLength, length, 97, 1, 2, 3, wrapped);
	within('a retransmission', outLength, length + RTX_OVERHEAD_BYTES, length + RTX_OVERHEAD_BYTES);
	if (!unwrapRetransmission(bytes, header, 96, 7)) return undefined;
	within('the original payload', header.payloadOffset + header.payloadLength, header.headerLength + RTX_OVERHEAD_BYTES, length);
	within('the original length', header.payloadLength, 0, length);
	return header;
}

function redOf(bytes: Uint8Array, header: RtpHeader): unknown {
	const block = { payloadType: 0, offset: 0, length: 0 };
	if (!primaryBlock(bytes, header, block)) return undefined;
	within('the present sound', block.offset, header.payloadOffset + 1, header.payloadOffset + header.payloadLength - 1);
	within('the end of the present sound', block.offset + block.length, block.offset + 1, header.payloadOffset + header.payloadLength);
	return block;
}

function layersOf(codec: CodecName, reader: LayerReader): ByteParser['read'] {
	return (bytes, length) => {
		const header = headerOf(parseRtpHeader, bytes, length);
		if (header === undefined) return undefined;
		const layers = createPacketLayers();
		reader.read(codec, bytes, header, descriptorId, layers);
		within('a layer', layers.temporalId, 0, TOP_TEMPORAL_ID);
		within('a layer to switch to', layers.switchTo, NO_SWITCH, TOP_TEMPORAL_ID);
		within('a layer that is needed', layers.needs, 0, TOP_TEMPORAL_ID);
		return [layers, isKeyframeStart(codec, bytes, header.payloadOffset, header.payloadLength)];
	};
}

/** A reader that knows the structure of the samples, however the one before has left it. */
function descriptorReader(): DependencyDescriptorReader {
	const reader = new DependencyDescriptorReader();
	const structure = Uint8Array.from(dependencyDescriptors[0] ?? []);
	if (!reader.read(structure, 0, structure.length)) throw new Error('the structure was refused');
	return reader;
}

feedBytes([
	{ name: 'RTP header', samples: everyPacket, read: (bytes, length) => headerOf(parseRtpHeader, bytes, length) },
	{
		name: 'RTP header of a protected packet',
		samples: everyPacket,
		read: (bytes, length) => headerOf(parseProtectedRtpHeader, bytes, length),
	},
	ofPackets('RTP header extensions', packetsWithExtensions, extensionsOf),
	ofPackets('retransmission', everyPacket, retransmissionOf),
	ofPackets('RED', redPackets, redOf),
	{
		...ofPackets('RED under another payload type', redPackets, (bytes, header, length) => {
			const before = bytes.slice(0, header.payloadOffset);
			if (redOf(bytes, header) === undefined) return undefined;
			renameRedBlocks(bytes, header.payloadOffset, 111);
			if (Buffer.compare(bytes.subarray(0, header.payloadOffset), before) !== 0) throw new Error('it wrote into the header');
			return bytes.slice(0, length);
		}),
		rewrites: true,
	},
	...(['VP8', 'VP9', 'H264', 'opus'] as const).map((codec) => ({
		name: `layers and keyframes of ${codec}`,
		samples: codecPackets[codec],
		read: layersOf(codec, new LayerReader()),
	})),
	{
		name: 'layers and keyframes of AV1',
		samples: codecPackets.AV1,
		// Structures are remembered from packet to packet.
		read: (bytes, length) => layersOf('AV1', new LayerReader())(bytes, length),
	},
	{
		...ofPackets('VP8 picture numbers', codecPackets.VP8, (bytes, header, length) => {
			const before = bytes.slice(0, length);
			const descriptor = createVp8Descriptor();
			if (!readVp8Descriptor(bytes, header.payloadOffset, header.payloadLength, descriptor)) return undefined;
			moveVp8PictureBack(bytes, descriptor, 300, 3);
			if (Buffer.compare(bytes.subarray(0, header.payloadOffset), before.subarray(0, header.payloadOffset)) !== 0) {
				throw new Error('it wrote into the header');
			}
			moveVp8PictureBack(bytes, descriptor, -300, -3);
			if (Buffer.compare(bytes.subarray(0, length), before) !== 0) throw new Error('what was moved back and forth is not what it was');
			return descriptor;
		}),
		rewrites: true,
	},
	{
		name: 'dependency descriptor',
		samples: dependencyDescriptors.map((data) => Uint8Array.from(data)),
		read(bytes, length) {
			const reader = descriptorReader();
			if (!reader.read(bytes, 0, length)) return undefined;
			within('a layer', reader.temporalId, 0, TOP_TEMPORAL_ID);
			within('a layer to switch to', reader.switchTo, NO_SWITCH, TOP_TEMPORAL_ID);
			return [reader.temporalId, reader.switchTo];
		},
	},
]);
