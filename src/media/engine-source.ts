import { SenderClock } from '../relay/sender-clock.ts';
import { SourceTrack } from '../relay/source-track.ts';
import { type CodecName, codecNamed, type MediaKind } from '../rtp/codecs.ts';
import type { FanOut } from './fan-out.ts';
import type { Mirrors } from './mirror.ts';

/** The largest outgoing packet before protection; a received one that would become longer is not forwarded. */
export const MAX_PACKET_BYTES = 1500;

export interface EngineSourceOptions {
	readonly publicationId: string;
	readonly ssrc: number;
	readonly cname: string;
	readonly firstSequence: number;
	readonly firstTimestamp: number;
	readonly absSendTimeId: number;
	readonly fanOut: FanOut;
	/** Of the publication, shared by picture and sound. */
	readonly mirrors: Mirrors;
}

/** What picture and sound of a publication have in common: one outbound line and the clock of its reports. */
export abstract class EngineSource {
	abstract readonly kind: MediaKind;
	readonly publicationId: string;
	readonly ssrc: number;
	readonly cname: string;
	readonly clock: SenderClock;
	/** What the source sends; undefined before the first packet. */
	codec: CodecName | undefined;
	/** SSRC by which the feeding peer sends, for requests to it; undefined until it has sent. */
	feedSsrc: number | undefined;
	protected readonly fanOut: FanOut;
	protected readonly mirrors: Mirrors;
	readonly #options: EngineSourceOptions;
	/** Made when it is needed: most rooms of a flood never carry a packet, and a line remembers 1,024 numbers. */
	#track: SourceTrack | undefined;

	constructor(options: EngineSourceOptions, clockCodec: CodecName) {
		this.publicationId = options.publicationId;
		this.ssrc = options.ssrc;
		this.cname = options.cname;
		this.clock = new SenderClock(codecNamed(clockCodec).clockRate);
		this.fanOut = options.fanOut;
		this.mirrors = options.mirrors;
		this.#options = options;
	}

	get track(): SourceTrack {
		this.#track ??= new SourceTrack({ ...this.#options, kind: this.kind });
		return this.#track;
	}
}
