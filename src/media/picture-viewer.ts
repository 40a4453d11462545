import type { SendSection } from '../negotiation/media-description.ts';
import { JoinBurst, NOTHING_NOW } from '../relay/join-burst.ts';
import { LayerSelector } from '../relay/layer-selector.ts';
import { absSendTimeAt, extensionByte, outboundHeaderLength } from '../relay/outbound-packet.ts';
import { NOT_YET, PacedPackets } from '../relay/paced-packets.ts';
import type { CachedPacket, PacketCache } from '../relay/packet-cache.ts';
import type { RateMeter } from '../relay/rate-meter.ts';
import { NOT_SENT, Retransmitter } from '../relay/retransmitter.ts';
import { readTimestamp } from '../relay/timestamp-squeeze.ts';
import { ViewerAdaptation } from '../relay/viewer-adaptation.ts';
import type { ViewerLevel } from '../relay/viewer-level.ts';
import type { CodecName } from '../rtp/codecs.ts';
import { writeAbsSendTime } from '../rtp/header-extension.ts';
import { createPacketLayers, type PacketLayers } from '../rtp/layers.ts';
import { createVp8Descriptor, moveVp8PictureBack, readVp8Descriptor } from '../rtp/vp8-descriptor.ts';
import { MAX_PACKET_BYTES } from './engine-source.ts';
import type { Destination, FanOut } from './fan-out.ts';
import { unpackCodec, unpackLayers } from './packet-flags.ts';

/** Between two answers to one viewer's requests for a keyframe from the kept group: a decoder needs some time to show it. */
const GROUP_SPACING_MS = 1000;
/**
 * After this the first packet of a burst is sent once more, byte for byte: a receiver asks for nothing that lies before the first packet it got,
 * so that the loss of this one would cost it the picture until it asks for a keyframe.
 */
const FIRST_AGAIN_MS = 30;
/** How often a viewer's level is thought over. */
const ADAPTATION_INTERVAL_MS = 100;

/** A packet as one viewer is sent it. Nothing in it outlasts the call: all viewers share it. */
const copy = new Uint8Array(MAX_PACKET_BYTES);

export interface PictureViewerOptions {
	readonly destination: Destination;
	readonly cache: PacketCache;
	readonly rates: RateMeter;
	readonly fanOut: FanOut;
	readonly rtxSsrc: number;
	/** Random, 0–65535. */
	readonly firstRtxSequence: number;
	/** `isPlain` has changed. */
	readonly onMode: () => void;
}

/** What became of a viewer's request for a keyframe. */
export type KeyframeAnswer = 'answered' | 'ask-the-phone';

/**
 * One viewer of a picture. Most take every packet as it comes (`isPlain`) and are served by the fan-out alone. The others are those
 * that catch up with the picture after joining, and those whose link does not take all of it.
 */
export class PictureViewer {
	readonly destination: Destination;
	readonly #options: PictureViewerOptions;
	readonly #burst: JoinBurst;
	readonly #retransmitter: Retransmitter;
	readonly #adaptation = new ViewerAdaptation();
	readonly #layers = createPacketLayers();
	readonly #vp8 = createVp8Descriptor();
	/** Keyframes on their way to a viewer whose link takes nothing else. */
	readonly #paced = new PacedPackets();
	#selector: LayerSelector | undefined;
	#payloadTypes: ReadonlyMap<CodecName, { readonly media: number; readonly rtx: number | undefined }> = new Map();
	#takesNack = false;
	#octetsMetered = 0;
	#nextAdaptationMs = 0;
	#lastGroupMs = Number.NEGATIVE_INFINITY;
	#firstAgainMs = Number.POSITIVE_INFINITY;
	/** What lies before it is not sent again: the viewer was stepped down to less than a moving picture, and has no use for it. */
	#repairFrom = 0;

	constructor(options: PictureViewerOptions) {
		this.#options = options;
		this.destination = options.destination;
		this.#burst = new JoinBurst(options.cache, options.destination.sink);
		this.#retransmitter = new Retransmitter(options.destination.sink, options.cache, options.firstRtxSequence);
	}

	/** Every packet goes to this viewer as it is. */
	get isPlain(): boolean {
		return !this.#burst.running && this.#selector === undefined;
	}

	get level(): ViewerLevel {
		return this.#adaptation.level;
	}

	/** Takes over what was negotiated. `codec` is what the source sends now. */
	accept(section: SendSection, codec: CodecName | undefined): void {
		const before = this.#payloadTypes;
		const { destination } = this;
		const { absSendTime: id } = section.extensions;
		const absSendTimeByte = id === undefined ? 0 : extensionByte(id);
		this.#takesNack = section.nack;
		this.#payloadTypes = new Map(
			section.codecs.map(({ codec: name, payloadType, rtxPayloadType }) => [name, { media: payloadType, rtx: rtxPayloadType }]),
		);
		const isSame =
			absSendTimeByte === destination.absSendTimeByte &&
			[...before].every(([name, { media }]) => this.#payloadTypes.get(name)?.media === media);
		// What was sent under other numbers must not be sent again under these: one SRTP index would cover two packets.
		if (!isSame) this.#startOver();
		destination.absSendTimeByte = absSendTimeByte;
		this.setCodec(codec);
	}

	setCodec(codec: CodecName | undefined): void {
		this.destination.payloadType = (codec && this.#payloadTypes.get(codec)?.media) ?? -1;
	}

	/** The viewer can receive from now on. False: there is no complete group to begin with, a keyframe must come from the phone. */
	join(nowMs: number): boolean {
		if (this.destination.payloadType < 0 || !this.#burst.start(nowMs)) return false;
		this.#lastGroupMs = nowMs;
		this.#firstAgainMs = nowMs + FIRST_AGAIN_MS;
		// A selector knows frames by their time; those of the group come again.
		this.#selector?.startOver();
		this.#paced.clear();
		this.#options.onMode();
		return true;
	}

	/** The viewer lost the picture. Who is stepped down never troubles the phone: the next keyframe comes anyway. */
	answerKeyframeRequest(nowMs: number): KeyframeAnswer {
		if (this.#burst.running || !this.#paced.empty || nowMs - this.#lastGroupMs < GROUP_SPACING_MS) return 'answered';
		if (this.join(nowMs)) return 'answered';
		return this.#adaptation.level === 'full' ? 'ask-the-phone' : 'answered';
	}

	/** A packet of the source for a viewer that is not plain. `packet` is left as it is. */
	relay(packet: Uint8Array, length: number, extendedSequence: number, layers: PacketLayers, codec: CodecName, nowMs: number): void {
		if (this.#burst.covers(extendedSequence)) return;
		if (this.#adaptation.level === 'key-frames') {
			this.#pace(packet, extendedSequence, layers, nowMs);
			return;
		}
		copy.set(packet.subarray(0, length));
		this.#send(copy, length, extendedSequence, layers, codec, nowMs);
	}

	/** A packet has just been sent that came late: the viewer has asked for it and need not be sent it once more. */
	sentLate(nowMs: number): void {
		this.#retransmitter.sentLate(nowMs);
	}

	/** Answers a NACK from the source's cache. */
	retransmit(sequences: readonly number[], roundTripMs: number | undefined, nowMs: number): void {
		if (!this.#takesNack) return;
		for (const sequence of sequences) {
			const extendedSequence = this.#retransmitter.answer(sequence, roundTripMs, nowMs);
			const kept =
				extendedSequence === NOT_SENT || extendedSequence < this.#repairFrom ? undefined : this.#options.cache.get(extendedSequence);
			if (kept !== undefined) this.#sendAgain(kept, extendedSequence, nowMs);
		}
	}

	/**
	 * @param fractionLost 0 to 1, of this publication's picture and sound together
	 * @param packets how many the report speaks of
	 */
	report(fractionLost: number, packets: number, nowMs: number): void {
		this.#adaptation.report(fractionLost, packets, nowMs);
	}

	/** @param bitrateBps the viewer's estimate for what this publication may take of its link */
	remb(bitrateBps: number, nowMs: number): void {
		this.#adaptation.remb(bitrateBps, nowMs);
	}

	/** When `tick` has something to do; a join, and what is relayed to a viewer that is not plain, may bring it forward. */
	get nextTickMs(): number {
		if (!this.#paced.empty) return 0;
		return Math.min(this.#nextAdaptationMs, this.#burst.nextMs, this.#firstAgainMs);
	}

	tick(roundTripMs: number | undefined, nowMs: number): void {
		const { octetsSent } = this.destination;
		if (octetsSent > this.#octetsMetered) this.#retransmitter.media(octetsSent - this.#octetsMetered, nowMs);
		this.#octetsMetered = octetsSent;
		if (nowMs >= this.#burst.nextMs) this.#pump(nowMs);
		if (nowMs >= this.#firstAgainMs) this.#sendFirstAgain(nowMs);
		if (!this.#paced.empty) this.#drainPaced(nowMs);
		if (nowMs < this.#nextAdaptationMs) return;
		this.#nextAdaptationMs = nowMs + ADAPTATION_INTERVAL_MS;
		const { rates } = this.#options;
		if (this.#adaptation.tick(rates, roundTripMs, nowMs)) this.#followLevel(nowMs);
	}

	#pump(nowMs: number): void {
		for (let number = this.#burst.next(nowMs); number !== NOTHING_NOW; number = this.#burst.next(nowMs)) {
			const kept = this.#options.cache.get(number);
			const codec = kept && unpackCodec(kept.flags);
			if (kept === undefined || codec === undefined) continue;
			unpackLayers(kept.flags, this.#layers);
			if (this.#adaptation.level === 'key-frames') this.#pace(kept.bytes, number, this.#layers, nowMs);
			else this.#send(kept.bytes, kept.length, number, this.#layers, codec, nowMs);
		}
		if (!this.#burst.running) this.#options.onMode();
	}

	#sendFirstAgain(nowMs: number): void {
		this.#firstAgainMs = Number.POSITIVE_INFINITY;
		const { first } = this.#burst;
		const kept = this.#options.cache.get(first);
		const codec = kept && unpackCodec(kept.flags);
		if (kept === undefined || codec === undefined || this.#adaptation.level !== 'full') return;
		if (this.#selector?.recall(readTimestamp(kept.bytes)) !== false) this.#place(kept.bytes, kept.length, first, codec, nowMs);
	}

	/** Puts the packets of a keyframe in line and leaves the others out. What the line does not take the viewer asks for again. */
	#pace(packet: Uint8Array, extendedSequence: number, layers: PacketLayers, nowMs: number): void {
		const { sink } = this.destination;
		const isWanted = this.#selector?.admit(layers, readTimestamp(packet), nowMs) ?? true;
		// It has its number from now on, so that those left out behind it close up.
		if (!isWanted) sink.skip(extendedSequence);
		else if (sink.place(extendedSequence)) this.#paced.add(extendedSequence);
	}

	#drainPaced(nowMs: number): void {
		const paced = this.#paced;
		for (let number = paced.next(nowMs); number !== NOT_YET; number = paced.next(nowMs)) {
			const kept = this.#options.cache.get(number);
			const codec = kept && unpackCodec(kept.flags);
			paced.sent(kept?.length ?? 0, this.#adaptation.keyframePaceBps, nowMs);
			if (kept === undefined || codec === undefined) continue;
			// The viewer would take the pace for a queue that grows. Who has no RTX is sent the same bytes again, with the same time.
			if (this.#payloadTypes.get(codec)?.rtx !== undefined) writeAbsSendTime(kept.bytes, absSendTimeAt, nowMs);
			if (this.#selector?.recall(readTimestamp(kept.bytes)) !== false) this.#place(kept.bytes, kept.length, number, codec, nowMs);
		}
	}

	/** `packet` is overwritten. */
	#send(packet: Uint8Array, length: number, extendedSequence: number, layers: PacketLayers, codec: CodecName, nowMs: number): void {
		const selector = this.#selector;
		if (selector === undefined || selector.admit(layers, readTimestamp(packet), nowMs)) {
			this.#place(packet, length, extendedSequence, codec, nowMs);
		} else {
			this.destination.sink.skip(extendedSequence);
		}
	}

	/** Sends a packet that is wanted. `packet` is overwritten. */
	#place(packet: Uint8Array, length: number, extendedSequence: number, codec: CodecName, nowMs: number): void {
		const { sink } = this.destination;
		const payloadType = this.#payloadTypes.get(codec)?.media;
		if (payloadType === undefined) return;
		const isLate = extendedSequence < sink.newest;
		if (!sink.place(extendedSequence)) return;
		if (isLate) this.#retransmitter.sentLate(nowMs);
		this.#movePicture(packet, length, codec);
		this.#burst.squeeze.patch(extendedSequence, packet);
		this.#options.fanOut.send(this.destination, packet, length, payloadType);
	}

	#sendAgain(kept: CachedPacket, extendedSequence: number, nowMs: number): void {
		const codec = unpackCodec(kept.flags);
		const payloadTypes = codec && this.#payloadTypes.get(codec);
		if (codec === undefined || payloadTypes === undefined || this.#selector?.recall(readTimestamp(kept.bytes)) === false) return;
		this.#movePicture(kept.bytes, kept.length, codec);
		this.#burst.squeeze.patch(extendedSequence, kept.bytes);
		const { fanOut, rtxSsrc } = this.#options;
		if (payloadTypes.rtx === undefined) {
			// The same bytes as the first time: see relay/sink.ts.
			fanOut.send(this.destination, kept.bytes, kept.length, payloadTypes.media);
			return;
		}
		this.#retransmitter.nextRtx();
		writeAbsSendTime(kept.bytes, absSendTimeAt, nowMs);
		const { rtxSequence: sequence, rtxRollover: rollover } = this.#retransmitter;
		fanOut.retransmit(this.destination, kept.bytes, kept.length, { payloadType: payloadTypes.rtx, ssrc: rtxSsrc, sequence, rollover });
	}

	/** Closes the hole that frames left out would make in VP8's picture ids, by what the selector last said. */
	#movePicture(packet: Uint8Array, length: number, codec: CodecName): void {
		const selector = this.#selector;
		if (codec !== 'VP8' || selector === undefined || (selector.pictures === 0 && selector.tl0Pictures === 0)) return;
		if (!readVp8Descriptor(packet, outboundHeaderLength, length - outboundHeaderLength, this.#vp8)) return;
		moveVp8PictureBack(packet, this.#vp8, selector.pictures, selector.tl0Pictures);
	}

	/** The next packet begins anew; nothing that was sent is sent again. */
	#startOver(): void {
		this.destination.sink.startOver();
		this.#firstAgainMs = Number.POSITIVE_INFINITY;
	}

	#followLevel(nowMs: number): void {
		const { cache, rates } = this.#options;
		if (this.#selector === undefined) {
			const latest = cache.get(this.destination.sink.newest);
			this.#selector = new LayerSelector(latest && readTimestamp(latest.bytes));
			this.#options.onMode();
		}
		const { level } = this.#adaptation;
		const selector = this.#selector;
		if (level === 'sound-only') this.#paced.clear();
		const isThin = level === 'sound-only' || level === 'key-frames';
		if (isThin && level !== selector.level) this.#repairFrom = cache.highest + 1;
		this.#retransmitter.isThin = isThin;
		selector.setLevel(level, rates.layerCount(nowMs));
		selector.keyframeSpacingMs = this.#adaptation.keyframeSpacingMs;
	}
}
