import type { ReceiveSection } from '../negotiation/media-description.ts';
import { NackGenerator } from '../relay/nack-generator.ts';
import type { RoutableSection } from '../relay/receive-router.ts';
import type { CodecName } from '../rtp/codecs.ts';
import { createPacketLayers, LayerReader, type PacketLayers } from '../rtp/layers.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import { unwrapRetransmission } from '../rtp/retransmission.ts';

/** What a payload type of a section stands for. */
export type PayloadFormat =
	| { readonly type: 'media'; readonly codec: CodecName }
	/** Retransmissions of the codec under `of` (RFC 4588). */
	| { readonly type: 'rtx'; readonly of: number; readonly codec: CodecName }
	/** Sound with earlier sound (RFC 2198). */
	| { readonly type: 'red' };

/** One section in which a peer sends: its formats, and what is missing of its stream. */
export class UplinkSection implements RoutableSection {
	readonly kind: ReceiveSection['kind'];
	readonly publicationId: string;
	readonly mid: string;
	readonly codecs: readonly { readonly payloadType: number }[];
	readonly extensions: ReceiveSection['extensions'];
	readonly ssrcs: readonly number[];
	/** Of the packet last seen by `repair`. */
	readonly layers: PacketLayers = createPacketLayers();
	/** The stream itself, not that of its retransmissions; undefined before its first packet. */
	ssrc: number | undefined;
	/** What to ask the peer for again; undefined where it does not answer NACKs. */
	nack: NackGenerator | undefined;
	readonly #asksAgain: boolean;
	readonly #formats = new Map<number, PayloadFormat>();
	#reader = new LayerReader();

	/** @param before the section that this one continues, by an earlier description */
	constructor(section: ReceiveSection, before: UplinkSection | undefined) {
		this.kind = section.kind;
		this.publicationId = section.publicationId;
		this.mid = section.mid;
		this.extensions = section.extensions;
		this.ssrcs = section.ssrcs;
		this.#asksAgain = section.nack && section.kind === 'video';
		for (const { payloadType, codec, rtxPayloadType } of section.codecs) {
			this.#formats.set(payloadType, { type: 'media', codec });
			if (rtxPayloadType !== undefined) this.#formats.set(rtxPayloadType, { type: 'rtx', of: payloadType, codec });
		}
		if (section.redPayloadType !== undefined) this.#formats.set(section.redPayloadType, { type: 'red' });
		this.codecs = [...this.#formats.keys()].map((payloadType) => ({ payloadType }));
		if (before === undefined) return;
		this.ssrc = before.ssrc;
		this.nack = this.#asksAgain ? before.nack : undefined;
		this.#reader = before.#reader;
	}

	formatOf(payloadType: number): PayloadFormat | undefined {
		return this.#formats.get(payloadType);
	}

	/**
	 * Turns a retransmission into the packet that it repeats, and notes what has arrived.
	 *
	 * @param header of the decrypted packet; becomes the original's
	 * @returns the codec, or undefined for a packet that carries no media: padding, or a repeat of an unknown stream
	 */
	repair(packet: Uint8Array, header: RtpHeader, format: PayloadFormat, nowMs: number): CodecName | undefined {
		if (format.type === 'red') {
			this.ssrc = header.ssrc;
			return 'opus';
		}
		if (format.type === 'rtx') {
			if (this.ssrc === undefined || !unwrapRetransmission(packet, header, format.of, this.ssrc)) return undefined;
		} else if (header.ssrc !== this.ssrc) {
			this.ssrc = header.ssrc;
			this.nack = this.#asksAgain ? new NackGenerator() : undefined;
		}
		if (this.kind === 'audio') return format.codec;
		this.nack?.packet(header.sequenceNumber, nowMs);
		this.#reader.read(format.codec, packet, header, this.extensions.dependencyDescriptor ?? 0, this.layers);
		if (this.layers.startsKeyframe) this.nack?.keyframe(header.sequenceNumber);
		return format.codec;
	}
}
