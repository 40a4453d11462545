import type { CodecName } from './codecs.ts';
import { DependencyDescriptorReader } from './dependency-descriptor.ts';
import { type ExtensionElement, findExtension } from './header-extension.ts';
import { isKeyframeStart } from './keyframe.ts';
import type { RtpHeader } from './packet.ts';
import { createVp8Descriptor, readVp8Descriptor } from './vp8-descriptor.ts';
import { createVp9Layers, readVp9Layers } from './vp9-layers.ts';

/** Three bits, in AV1 and VP9 (VP8 has two). */
export const TOP_TEMPORAL_ID = 7;
/** In {@link PacketLayers.switchTo}: this frame is no place to switch. */
export const NO_SWITCH = -1;

/** Where a packet's frame stands among the temporal layers of its source. Every packet of a frame says the same. */
export interface PacketLayers {
	/** 0 is the base; where a codec says nothing, everything is. */
	temporalId: number;
	/** Who received this frame and can decode it may receive every layer up to this one from here on. */
	switchTo: number;
	/** The highest layer of earlier frames that this one builds on: where {@link switchTo} may be used from. */
	needs: number;
	/** This packet is the first of a keyframe. */
	startsKeyframe: boolean;
}

/** To be filled, once per receiver, not per packet. */
export function createPacketLayers(): PacketLayers {
	return { temporalId: 0, switchTo: NO_SWITCH, needs: 0, startsKeyframe: false };
}

/** Reads the layers of one source's packets; AV1's are told by a structure that came earlier. Allocates nothing per packet, never throws. */
export class LayerReader {
	readonly #vp8 = createVp8Descriptor();
	readonly #vp9 = createVp9Layers();
	readonly #element: ExtensionElement = { offset: 0, length: 0 };
	readonly #dependencies = new DependencyDescriptorReader();

	/**
	 * @param bytes a decrypted packet as it was received, parsed into `header`
	 * @param dependencyDescriptorId of the header extension on this transport; 0 when it was not negotiated
	 */
	read(codec: CodecName, bytes: Uint8Array, header: RtpHeader, dependencyDescriptorId: number, into: PacketLayers): void {
		const { payloadOffset, payloadLength } = header;
		into.temporalId = 0;
		into.switchTo = NO_SWITCH;
		into.needs = 0;
		into.startsKeyframe = isKeyframeStart(codec, bytes, payloadOffset, payloadLength);
		if (codec === 'VP8') this.#readVp8(bytes, payloadOffset, payloadLength, into);
		else if (codec === 'VP9') this.#readVp9(bytes, payloadOffset, payloadLength, into);
		else if (codec === 'AV1') this.#readAv1(bytes, header, dependencyDescriptorId, into);
	}

	#readVp8(bytes: Uint8Array, offset: number, length: number, into: PacketLayers): void {
		const vp8 = this.#vp8;
		if (!readVp8Descriptor(bytes, offset, length, vp8)) return;
		into.temporalId = vp8.temporalId;
		// RFC 7741, section 4.2, Y: the frame builds on the base layer alone. It opens its own layer, not those above.
		into.needs = vp8.layerSync ? 0 : vp8.temporalId;
		if (vp8.layerSync) into.switchTo = vp8.temporalId;
	}

	#readVp9(bytes: Uint8Array, offset: number, length: number, into: PacketLayers): void {
		const vp9 = this.#vp9;
		if (!readVp9Layers(bytes, offset, length, vp9)) return;
		into.temporalId = vp9.temporalId;
		into.needs = vp9.temporalId;
		// RFC 9628, section 4.2, U: no later frame of a higher layer looks back beyond this one.
		if (vp9.switchingUp) into.switchTo = TOP_TEMPORAL_ID;
	}

	#readAv1(bytes: Uint8Array, header: RtpHeader, id: number, into: PacketLayers): void {
		const dependencies = this.#dependencies;
		if (!findExtension(bytes, header, id, this.#element)) return;
		if (!dependencies.read(bytes, this.#element.offset, this.#element.length)) return;
		into.temporalId = dependencies.temporalId;
		into.needs = dependencies.temporalId;
		into.switchTo = dependencies.switchTo;
	}
}
