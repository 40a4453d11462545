import { KeyframeDispatcher } from '../relay/keyframe-dispatcher.ts';
import { SenderClock } from '../relay/sender-clock.ts';
import { SourceTrack } from '../relay/source-track.ts';
import { type CodecName, codecNamed, type MediaKind } from '../rtp/codecs.ts';
import { isKeyframeStart } from '../rtp/keyframe.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import type { Destination, FanOut } from './fan-out.ts';

/** The largest outgoing packet before protection; a received one that would become longer is not forwarded. */
const MAX_PACKET_BYTES = 1500;

/** One packet on its way from rewriting to the fan-out, in which nothing outlasts the call: all sources share it. */
const scratch = new Uint8Array(MAX_PACKET_BYTES);

/** A viewer's place in a source: the fan-out's destination plus what changes with the codec in use. */
export interface SourceSubscription {
	readonly destination: Destination;
	/** The payload types this viewer knows the codecs by. */
	readonly payloadTypes: ReadonlyMap<CodecName, number>;
}

export interface EngineSourceOptions {
	readonly publicationId: string;
	readonly kind: MediaKind;
	readonly ssrc: number;
	readonly cname: string;
	readonly firstSequence: number;
	readonly firstTimestamp: number;
	readonly absSendTimeId: number;
	readonly keyframeIntervalMs: number;
	readonly fanOut: FanOut;
}

/** The picture or the sound of one publication: one outbound line, its viewers, and who is to be asked for keyframes. */
export class EngineSource {
	readonly publicationId: string;
	readonly kind: MediaKind;
	readonly ssrc: number;
	readonly cname: string;
	readonly clock: SenderClock;
	/** Sound needs no keyframes. */
	readonly keyframes: KeyframeDispatcher | undefined;
	/** What the source sends; undefined before the first packet. */
	codec: CodecName | undefined;
	/** SSRC by which the feeding peer sends, for keyframe requests to it; undefined until it has sent. */
	feedSsrc: number | undefined;
	readonly #fanOut: FanOut;
	readonly #options: EngineSourceOptions;
	/** Made when it is needed: most rooms of a flood never carry a packet, and a line remembers 1,024 numbers. */
	#track: SourceTrack | undefined;
	readonly #subscriptions = new Set<SourceSubscription>();
	/** The same destinations as in the subscriptions, as the flat list that the fan-out walks. */
	#destinations: readonly Destination[] = [];

	constructor(options: EngineSourceOptions) {
		this.publicationId = options.publicationId;
		this.kind = options.kind;
		this.ssrc = options.ssrc;
		this.cname = options.cname;
		this.#options = options;
		this.clock = new SenderClock(codecNamed(options.kind === 'audio' ? 'opus' : 'VP8').clockRate);
		this.keyframes = options.kind === 'video' ? new KeyframeDispatcher(options.keyframeIntervalMs) : undefined;
		this.#fanOut = options.fanOut;
	}

	get track(): SourceTrack {
		this.#track ??= new SourceTrack(this.#options);
		return this.#track;
	}

	subscribe(subscription: SourceSubscription): void {
		this.#subscriptions.add(subscription);
		this.#choosePayloadType(subscription);
		this.#listDestinations();
	}

	unsubscribe(subscription: SourceSubscription): void {
		if (this.#subscriptions.delete(subscription)) this.#listDestinations();
	}

	/**
	 * Relays one decrypted packet to every viewer.
	 *
	 * @param feed the serial of the peer that sent it
	 * @returns false when the source's line does not take it (see SourceTrack.rewrite)
	 */
	relay(feed: number, packet: Uint8Array, header: RtpHeader, codec: CodecName, nowMs: number): boolean {
		const { payloadType, clockRate } = codecNamed(codec);
		const length = this.track.rewrite(feed, packet, header, payloadType, clockRate, nowMs, scratch);
		if (length === 0) return false;
		if (codec !== this.codec) this.#setCodec(codec);
		this.feedSsrc = header.ssrc;
		if (this.keyframes !== undefined && isKeyframeStart(codec, packet, header.payloadOffset, header.payloadLength)) {
			this.keyframes.keyframeStarted();
		}
		this.clock.packet(this.track.lastTimestamp, this.track.timestampLine, nowMs);
		this.#fanOut.forward(this.#destinations, scratch, length, this.track.extendedSequence);
		return true;
	}

	#setCodec(codec: CodecName): void {
		this.codec = codec;
		for (const subscription of this.#subscriptions) this.#choosePayloadType(subscription);
	}

	#choosePayloadType({ destination, payloadTypes }: SourceSubscription): void {
		destination.payloadType = (this.codec && payloadTypes.get(this.codec)) ?? -1;
	}

	#listDestinations(): void {
		this.#destinations = [...this.#subscriptions].map((subscription) => subscription.destination);
	}
}
