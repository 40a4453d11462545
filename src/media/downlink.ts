import type { RemoteAddress } from '../ice/path-table.ts';
import type { SendSection } from '../negotiation/media-description.ts';
import { extensionByte } from '../relay/outbound-packet.ts';
import { Sink } from '../relay/sink.ts';
import { ntpFromMs, roundTripMs } from '../rtcp/ntp.ts';
import type { ReportBlock } from '../rtcp/report-block.ts';
import type { SrtpSender } from '../srtp/srtp-sender.ts';
import type { EngineSource, SourceSubscription } from './engine-source.ts';
import type { Destination } from './fan-out.ts';

/** The sections of one peer that receive, and the sources they are subscribed to. */
export class Downlink {
	readonly #active = new Map<EngineSource, SourceSubscription>();
	/**
	 * One for each source for the life of the keys, also across an inactive time: a second sink would use numbers again that the
	 * first has used, and with them SRTP nonces (see relay/sink.ts).
	 */
	readonly #destinations = new Map<EngineSource, Destination>();
	#sender: SrtpSender | undefined;
	#path: RemoteAddress | undefined;
	/** The last round trip that the peer's reports told, milliseconds. */
	roundTripMs: number | undefined;

	/** Subscribes to what the sections name and leaves the rest. Returns the sources that are new. */
	describe(sections: readonly SendSection[], sourceOf: (section: SendSection) => EngineSource | undefined): readonly EngineSource[] {
		const before = new Set(this.#active.keys());
		this.close();
		for (const section of sections) {
			const source = sourceOf(section);
			if (source !== undefined && section.codecs.length > 0 && !this.#active.has(source)) this.#subscribe(source, section);
		}
		return [...this.#active.keys()].filter((source) => !before.has(source));
	}

	get subscriptions(): ReadonlyMap<EngineSource, SourceSubscription> {
		return this.#active;
	}

	setSender(sender: SrtpSender): void {
		this.#sender = sender;
		for (const destination of this.#destinations.values()) destination.sender = sender;
	}

	setPath(path: RemoteAddress | undefined): void {
		this.#path = path;
		for (const destination of this.#destinations.values()) {
			destination.address = path?.address;
			destination.port = path?.port ?? 0;
		}
	}

	/** The source that this peer knows by an SSRC. */
	sourceOf(ssrc: number): EngineSource | undefined {
		for (const source of this.#active.keys()) if (source.ssrc === ssrc) return source;
		return undefined;
	}

	/** A report block of the peer's that arrived at `wallMs`, Unix milliseconds. */
	report(block: ReportBlock, wallMs: number): void {
		if (this.sourceOf(block.ssrc) === undefined) return;
		this.roundTripMs = roundTripMs(ntpFromMs(wallMs), block.lastSenderReport, block.delaySinceLast) ?? this.roundTripMs;
	}

	/** The source is gone for good, and its SSRC with it. */
	forget(source: EngineSource): void {
		this.#leave(source);
		this.#destinations.delete(source);
	}

	/** Leaves every source. */
	close(): void {
		for (const source of [...this.#active.keys()]) this.#leave(source);
	}

	#leave(source: EngineSource): void {
		const subscription = this.#active.get(source);
		if (subscription === undefined) return;
		this.#active.delete(source);
		source.unsubscribe(subscription);
	}

	#subscribe(source: EngineSource, section: SendSection): void {
		const destination = this.#destinationFor(source);
		const { absSendTime } = section.extensions;
		destination.absSendTimeByte = absSendTime === undefined ? 0 : extensionByte(absSendTime);
		const payloadTypes = new Map(section.codecs.map((mapping) => [mapping.codec, mapping.payloadType]));
		const subscription: SourceSubscription = { destination, payloadTypes };
		this.#active.set(source, subscription);
		source.subscribe(subscription);
	}

	#destinationFor(source: EngineSource): Destination {
		const known = this.#destinations.get(source);
		if (known !== undefined) return known;
		const destination: Destination = {
			sink: new Sink(),
			sender: this.#sender,
			address: this.#path?.address,
			port: this.#path?.port ?? 0,
			payloadType: -1,
			absSendTimeByte: 0,
			packetsSent: 0,
			octetsSent: 0,
		};
		this.#destinations.set(source, destination);
		return destination;
	}
}
