import { FeedClock } from '../relay/feed-clock.ts';
import { PublicationLiveness } from '../relay/publication-liveness.ts';
import type { SenderReport } from '../rtcp/sender-report.ts';
import type { MediaKind } from '../rtp/codecs.ts';
import type { EnginePeer } from './engine-peer.ts';
import type { PictureSource } from './picture-source.ts';
import type { SoundSource } from './sound-source.ts';

/** One person's picture and sound, and the peer that feeds them at the moment. It outlives that peer. */
export class EnginePublication {
	readonly publicationId: string;
	readonly video: PictureSource;
	readonly audio: SoundSource;
	readonly liveness = new PublicationLiveness();
	feeder: EnginePeer | undefined;
	#feedClock = new FeedClock();

	constructor(publicationId: string, video: PictureSource, audio: SoundSource) {
		this.publicationId = publicationId;
		this.video = video;
		this.audio = audio;
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
	senderReport(kind: MediaKind, report: SenderReport): void {
		const source = this.source(kind);
		if (this.feeder === undefined) return;
		const timestamp = source.track.translateTimestamp(this.feeder.serial, report.ssrc, report.rtpTimestamp);
		if (timestamp !== undefined) source.clock.senderReport(this.#feedClock, report.ntp, timestamp);
	}
}
