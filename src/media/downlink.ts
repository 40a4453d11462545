import type { SendSection } from '../negotiation/media-description.ts';
import { LossAlarm } from '../relay/loss-alarm.ts';
import { Sink } from '../relay/sink.ts';
import { ntpFromMs, roundTripMs } from '../rtcp/ntp.ts';
import type { ReportBlock } from '../rtcp/report-block.ts';
import type { Destination } from './fan-out.ts';
import type { Outlet } from './outlet.ts';
import type { PictureSource } from './picture-source.ts';
import type { PictureViewer } from './picture-viewer.ts';
import { type SoundSource, SoundViewer } from './sound-source.ts';

interface PictureReception {
	readonly kind: 'video';
	readonly source: PictureSource;
	readonly viewer: PictureViewer;
}

interface SoundReception {
	readonly kind: 'audio';
	readonly source: SoundSource;
	readonly viewer: SoundViewer;
}

/** One source as this peer receives it. */
export type Reception = PictureReception | SoundReception;

/** How often it is thought over whether the sound is sent twice. */
const SOUND_INTERVAL_MS = 100;

/** Ten seconds of a fast source. A report of more has followed a silence, or a new line of numbers. */
const MAX_REPORTED = 10_000;

/** The sections of one peer that receive, and the sources they are subscribed to. */
export class Downlink {
	readonly #randomUint16: () => number;
	/** By the source's SSRC. */
	readonly #active = new Map<number, Reception>();
	/**
	 * One for each source for the life of the keys, also across an inactive time: a second sink would use numbers again that the
	 * first has used, and with them SRTP nonces (see relay/sink.ts).
	 */
	readonly #known = new Map<number, Reception>();
	/** The highest sequence number that the peer has reported of each source, with its cycles. */
	readonly #reportedUpTo = new Map<number, number>();
	readonly #alarm = new LossAlarm();
	/** The active ones by kind, as `tick` walks them. */
	#pictures: readonly PictureReception[] = [];
	#sounds: readonly SoundReception[] = [];
	#nextSoundMs = 0;
	#outlet: Outlet | undefined;
	#closed = false;
	/** The last round trip that the peer's reports told, milliseconds. */
	roundTripMs: number | undefined;
	/** The worst loss that the peer's last report told, 0 to 1. */
	fractionLost = 0;
	/** Of the picture, by the peer's last report, milliseconds. */
	jitterMs = 0;

	/** @param randomUint16 where retransmission streams begin (RFC 3550, section 5.1) */
	constructor(randomUint16: () => number) {
		this.#randomUint16 = randomUint16;
	}

	get isUsed(): boolean {
		return this.#active.size > 0;
	}

	/** What is received now. */
	get receptions(): Iterable<Reception> {
		return this.#active.values();
	}

	/** Subscribes to what the sections name and leaves the rest. Returns what is new. */
	describe(
		sections: readonly SendSection[],
		sourceOf: (section: SendSection) => PictureSource | SoundSource | undefined,
	): readonly Reception[] {
		const before = new Set(this.#active.keys());
		this.#leaveAll();
		if (this.#closed) return [];
		for (const section of sections) {
			const source = sourceOf(section);
			if (source === undefined || section.codecs.length === 0 || this.#active.has(source.ssrc)) continue;
			const reception = this.#receptionOf(source);
			this.#active.set(source.ssrc, reception);
			subscribe(reception, section);
		}
		this.#sort();
		return [...this.#active.values()].filter((reception) => !before.has(reception.source.ssrc));
	}

	setOutlet(outlet: Outlet): void {
		this.#outlet = outlet;
		for (const { viewer } of this.#known.values()) viewer.destination.outlet = outlet;
	}

	/** What this peer knows by an SSRC. */
	receptionOf(ssrc: number): Reception | undefined {
		return this.#active.get(ssrc);
	}

	/** The report blocks of one report of the peer's, that arrived at `wallMs`, Unix milliseconds. */
	report(blocks: readonly ReportBlock[], wallMs: number, nowMs: number): void {
		const seen = new Map<string, { lost: number; packets: number }>();
		let worst: number | undefined;
		for (const block of blocks) {
			const reception = this.#active.get(block.ssrc);
			if (reception === undefined) continue;
			const { publicationId, kind } = reception.source;
			const fractionLost = block.fractionLost / 256;
			worst = Math.max(fractionLost, worst ?? 0);
			const packets = this.#reportedSince(block);
			this.#alarm.report(fractionLost * packets, packets, nowMs);
			const sum = seen.get(publicationId) ?? { lost: 0, packets: 0 };
			seen.set(publicationId, { lost: sum.lost + fractionLost * packets, packets: sum.packets + packets });
			if (kind === 'video') this.jitterMs = block.jitterTicks / 90;
			this.roundTripMs = roundTripMs(ntpFromMs(wallMs), block.lastSenderReport, block.delaySinceLast) ?? this.roundTripMs;
		}
		this.fractionLost = worst ?? this.fractionLost;
		for (const { viewer, source } of this.#pictures) {
			const sum = seen.get(source.publicationId);
			if (sum !== undefined && sum.packets > 0) viewer.report(sum.lost / sum.packets, sum.packets, nowMs);
		}
	}

	/** The peer's estimate for everything that it is sent; each picture may count on an equal part. */
	remb(bitrateBps: number, nowMs: number): void {
		const pictures = this.#pictures;
		for (const { viewer } of pictures) viewer.remb(bitrateBps / pictures.length, nowMs);
	}

	/** When `tick` has something to do again, unless a picture is joined meanwhile. */
	get nextTickMs(): number {
		let next = this.#nextSoundMs;
		for (const { viewer } of this.#pictures) next = Math.min(next, viewer.isPlain ? viewer.nextTickMs : 0);
		return next;
	}

	tick(nowMs: number): void {
		for (const { viewer } of this.#pictures) if (nowMs >= viewer.nextTickMs) viewer.tick(this.roundTripMs, nowMs);
		if (nowMs < this.#nextSoundMs) return;
		this.#nextSoundMs = nowMs + SOUND_INTERVAL_MS;
		// Where a link takes less than the picture, its loss is of our making, and more sound would make more of it.
		const repeatsSound = this.#alarm.isRaised(nowMs) && this.#pictures.every(({ viewer }) => viewer.level === 'full');
		for (const { viewer, source } of this.#sounds) source.setRepeats(viewer, repeatsSound);
	}

	/** The source is gone for good, and its SSRC with it. */
	forget(ssrc: number): void {
		const reception = this.#active.get(ssrc);
		if (reception !== undefined) unsubscribe(reception);
		this.#active.delete(ssrc);
		this.#sort();
		this.#known.delete(ssrc);
		this.#reportedUpTo.delete(ssrc);
	}

	/** Leaves every source for good. */
	close(): void {
		this.#leaveAll();
		this.#closed = true;
	}

	/** How many packets the block's fraction speaks of; 0 when that is not known. */
	#reportedSince({ ssrc, highestSequence }: ReportBlock): number {
		const before = this.#reportedUpTo.get(ssrc);
		this.#reportedUpTo.set(ssrc, highestSequence);
		const packets = before === undefined ? 0 : (highestSequence - before) | 0;
		return packets > MAX_REPORTED ? 0 : Math.max(0, packets);
	}

	#sort(): void {
		const receptions = [...this.#active.values()];
		this.#pictures = receptions.filter((reception) => reception.kind === 'video');
		this.#sounds = receptions.filter((reception) => reception.kind === 'audio');
	}

	#leaveAll(): void {
		for (const reception of this.#active.values()) unsubscribe(reception);
		this.#active.clear();
		this.#sort();
	}

	#receptionOf(source: PictureSource | SoundSource): Reception {
		const known = this.#known.get(source.ssrc);
		if (known !== undefined) return known;
		const destination: Destination = {
			sink: new Sink(),
			outlet: this.#outlet,
			payloadType: -1,
			absSendTimeByte: 0,
			packetsSent: 0,
			octetsSent: 0,
		};
		const reception: Reception =
			source.kind === 'video'
				? { kind: 'video', source, viewer: source.createViewer(destination, this.#randomUint16()) }
				: { kind: 'audio', source, viewer: new SoundViewer(destination) };
		this.#known.set(source.ssrc, reception);
		return reception;
	}
}

function subscribe(reception: Reception, section: SendSection): void {
	if (reception.kind === 'video') reception.source.subscribe(reception.viewer, section);
	else reception.source.subscribe(reception.viewer, section);
}

function unsubscribe(reception: Reception): void {
	if (reception.kind === 'video') reception.source.unsubscribe(reception.viewer);
	else reception.source.unsubscribe(reception.viewer);
}
