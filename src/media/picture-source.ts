import type { SendSection } from '../negotiation/media-description.ts';
import { KeyframeDispatcher } from '../relay/keyframe-dispatcher.ts';
import { absSendTimeAt } from '../relay/outbound-packet.ts';
import { PacketCache, videoCacheLimits } from '../relay/packet-cache.ts';
import { RateMeter } from '../relay/rate-meter.ts';
import { readTimestamp } from '../relay/timestamp-squeeze.ts';
import { type CodecName, codecNamed } from '../rtp/codecs.ts';
import { writeAbsSendTime } from '../rtp/header-extension.ts';
import { createPacketLayers, type PacketLayers } from '../rtp/layers.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import { EngineSource, type EngineSourceOptions, MAX_PACKET_BYTES } from './engine-source.ts';
import type { Destination } from './fan-out.ts';
import type { MirrorMessage } from './mirror.ts';
import { packFlags, unpackCodec, unpackLayers } from './packet-flags.ts';
import { PictureViewer } from './picture-viewer.ts';

export interface PictureSourceOptions extends EngineSourceOptions {
	readonly rtxSsrc: number;
	readonly keyframeIntervalMs: number;
}

/** One packet on its way from rewriting to the viewers, in which nothing outlasts the call: all sources share it. */
const scratch = new Uint8Array(MAX_PACKET_BYTES);

/** The picture of one publication: the packets kept for repair and joins, its viewers, and when the phone is asked for a keyframe. */
export class PictureSource extends EngineSource {
	readonly kind = 'video';
	readonly keyframes: KeyframeDispatcher;
	readonly rates = new RateMeter();
	readonly #cache = new PacketCache(videoCacheLimits);
	readonly #rtxSsrc: number;
	readonly #viewers = new Set<PictureViewer>();
	/** Viewers that take every packet as it is, as the flat list that the fan-out walks, and the others. */
	#plain: readonly Destination[] = [];
	#others: readonly PictureViewer[] = [];
	readonly #layers = createPacketLayers();
	#timestampLine = -1;
	#highest = -1;

	constructor(options: PictureSourceOptions) {
		super(options, 'VP8');
		this.keyframes = new KeyframeDispatcher(options.keyframeIntervalMs);
		this.#rtxSsrc = options.rtxSsrc;
	}

	/** A viewer for the life of one peer's keys. It receives nothing until `subscribe`. */
	createViewer(destination: Destination, firstRtxSequence: number): PictureViewer {
		return new PictureViewer({
			destination,
			cache: this.#cache,
			rates: this.rates,
			fanOut: this.fanOut,
			rtxSsrc: this.#rtxSsrc,
			firstRtxSequence,
			onMode: () => this.#sortViewers(),
		});
	}

	subscribe(viewer: PictureViewer, section: SendSection): void {
		viewer.accept(section, this.codec);
		this.#viewers.add(viewer);
		this.#sortViewers();
	}

	unsubscribe(viewer: PictureViewer): void {
		if (this.#viewers.delete(viewer)) this.#sortViewers();
	}

	/**
	 * Relays one decrypted packet to every viewer.
	 *
	 * @param feed the serial of the peer that sent it
	 * @returns false when the source's line does not take it (see SourceTrack.rewrite)
	 */
	relay(feed: number, packet: Uint8Array, header: RtpHeader, codec: CodecName, layers: PacketLayers, nowMs: number): boolean {
		const { payloadType, clockRate } = codecNamed(codec);
		const { track } = this;
		const length = track.rewrite(feed, packet, header, payloadType, clockRate, nowMs, scratch);
		if (length === 0) return false;
		this.feedSsrc = header.ssrc;
		const { extendedSequence, timestampLine } = track;
		if (!this.mirrors.isEmpty) {
			const flags = packFlags(layers, codec);
			this.mirrors.send({ type: 'picture', packet: scratch.slice(0, length), extendedSequence, flags, timestampLine });
		}
		this.#distribute(scratch, length, extendedSequence, timestampLine, codec, layers, nowMs);
		return true;
	}

	/** Relays a packet that the publication's home has rewritten. `message.packet` is overwritten. */
	relayMirrored(message: Extract<MirrorMessage, { type: 'picture' }>, nowMs: number): void {
		const { packet, extendedSequence, flags, timestampLine } = message;
		const codec = unpackCodec(flags);
		if (codec === undefined) return;
		unpackLayers(flags, this.#layers);
		// The home's clock is another thread's.
		writeAbsSendTime(packet, absSendTimeAt, nowMs);
		scratch.set(packet);
		this.#distribute(scratch, packet.length, extendedSequence, timestampLine, codec, this.#layers, nowMs);
	}

	/** The kept group, as a new mirror is to know it. */
	keptGroup(nowMs: number): readonly MirrorMessage[] {
		const messages: MirrorMessage[] = [];
		const first = this.#cache.groupStart(nowMs);
		for (let number = first; first >= 0 && number <= this.#cache.highest; number += 1) {
			const kept = this.#cache.get(number);
			if (kept === undefined) continue;
			const packet = kept.bytes.slice(0, kept.length);
			messages.push({ type: 'picture', packet, extendedSequence: number, flags: kept.flags, timestampLine: this.#timestampLine });
		}
		return messages;
	}

	#distribute(
		packet: Uint8Array,
		length: number,
		extendedSequence: number,
		timestampLine: number,
		codec: CodecName,
		layers: PacketLayers,
		nowMs: number,
	): void {
		if (codec !== this.codec || timestampLine !== this.#timestampLine) this.#beginAnew(codec, timestampLine);
		if (layers.startsKeyframe) this.keyframes.keyframeStarted();
		const timestamp = readTimestamp(packet);
		this.clock.packet(timestamp, timestampLine, nowMs);
		this.rates.packet(layers, timestamp, length, nowMs);
		this.#cache.store(extendedSequence, packet, length, packFlags(layers, codec), nowMs);
		for (const viewer of this.#others) viewer.relay(packet, length, extendedSequence, layers, codec, nowMs);
		this.fanOut.forward(this.#plain, packet, length, extendedSequence);
		if (extendedSequence > this.#highest) this.#highest = extendedSequence;
		else for (const viewer of this.#viewers) if (viewer.isPlain) viewer.sentLate(nowMs);
	}

	/** Gives back the memory of packets that are too old to be used. */
	tick(nowMs: number): void {
		this.#cache.release(nowMs);
	}

	#beginAnew(codec: CodecName, timestampLine: number): void {
		this.codec = codec;
		this.#timestampLine = timestampLine;
		this.#cache.endGroup();
		for (const viewer of this.#viewers) viewer.setCodec(codec);
	}

	#sortViewers(): void {
		this.#plain = [...this.#viewers].filter((viewer) => viewer.isPlain).map((viewer) => viewer.destination);
		this.#others = [...this.#viewers].filter((viewer) => !viewer.isPlain);
	}
}
