import type { MessagePort } from 'node:worker_threads';
import { FeedClock } from '../relay/feed-clock.ts';
import { PublicationLiveness } from '../relay/publication-liveness.ts';
import type { SenderReport } from '../rtcp/sender-report.ts';
import type { MediaKind } from '../rtp/codecs.ts';
import type { EnginePeer } from './engine-peer.ts';
import type { MirrorMessage, MirrorRequest, Mirrors } from './mirror.ts';
import type { PictureSource } from './picture-source.ts';
import type { SoundSource } from './sound-source.ts';

/** Between two messages of a mirror that its viewers need a keyframe; a viewer that still needs one asks again. */
const ORIGIN_SPACING_MS = 100;

/**
 * One person's picture and sound, and the peer that feeds them at the moment. It outlives that peer. Where viewers are so many that
 * further workers serve them, each of those has a mirror of it, which is fed by the publication at home (`origin`).
 */
export class EnginePublication {
	readonly publicationId: string;
	readonly video: PictureSource;
	readonly audio: SoundSource;
	readonly liveness = new PublicationLiveness();
	readonly mirrors: Mirrors;
	/** The way to the publication at home; undefined: this is it. */
	readonly origin: MessagePort | undefined;
	feeder: EnginePeer | undefined;
	#feedClock = new FeedClock();
	#feedOfOrigin = -1;
	#nextAskMs = Number.NEGATIVE_INFINITY;

	constructor(parts: Pick<EnginePublication, 'publicationId' | 'video' | 'audio' | 'mirrors' | 'origin'>) {
		this.publicationId = parts.publicationId;
		this.video = parts.video;
		this.audio = parts.audio;
		this.mirrors = parts.mirrors;
		this.origin = parts.origin;
	}

	get sources(): readonly (PictureSource | SoundSource)[] {
		return [this.video, this.audio];
	}

	source(kind: MediaKind): PictureSource | SoundSource {
		return kind === 'video' ? this.video : this.audio;
	}

	/**
	 * A packet of `peer` has authenticated. A newer connection takes the sources over; false for an older one's late packets,
	 * which change nothing.
	 */
	fedBy(peer: EnginePeer): boolean {
		if (this.feeder === peer) return true;
		if (this.feeder !== undefined && this.feeder.serial > peer.serial) return false;
		this.feeder = peer;
		this.#feedClock = new FeedClock();
		for (const source of this.sources) {
			source.track.attach(peer.serial);
			source.feedSsrc = undefined;
		}
		return true;
	}

	/** The peer is gone. True when that loses the publication its feed. */
	lostFeeder(peer: EnginePeer): boolean {
		if (this.feeder !== peer) return false;
		this.feeder = undefined;
		for (const source of this.sources) {
			source.feedSsrc = undefined;
		}
		this.video.keyframes.detach();
		return this.liveness.feedClosed();
	}

	/** The feeder's sender report for one kind. */
	senderReport(kind: MediaKind, { ssrc, rtpTimestamp, ntp }: SenderReport): void {
		const source = this.source(kind);
		if (this.feeder === undefined) return;
		const { serial: feed } = this.feeder;
		const timestamp = source.track.translateTimestamp(feed, ssrc, rtpTimestamp);
		if (timestamp === undefined) return;
		source.clock.senderReport(this.#feedClock, ntp, timestamp);
		if (!this.mirrors.isEmpty) this.mirrors.send({ type: 'report', kind, feed, ntp, timestamp });
	}

	/** What the publication at home says. */
	relayMirrored(message: MirrorMessage, nowMs: number): void {
		switch (message.type) {
			case 'picture':
				this.video.relayMirrored(message, nowMs);
				return;
			case 'sound':
				this.audio.relayMirrored(message, nowMs);
				return;
			case 'report':
				if (message.feed !== this.#feedOfOrigin) {
					this.#feedOfOrigin = message.feed;
					this.#feedClock = new FeedClock();
				}
				this.source(message.kind).clock.senderReport(this.#feedClock, message.ntp, message.timestamp);
		}
	}

	/**
	 * Viewers of a mirror need a keyframe: the home is asked, which merges what all of them want. False where this is the home.
	 */
	askOrigin(nowMs: number): boolean {
		if (this.origin === undefined) return false;
		if (nowMs >= this.#nextAskMs) {
			this.#nextAskMs = nowMs + ORIGIN_SPACING_MS;
			this.origin.postMessage('keyframe' satisfies MirrorRequest);
		}
		return true;
	}

	/** Twice is harmless. */
	close(): void {
		this.mirrors.close();
		this.origin?.close();
	}
}
