import type { EngineEvent, MediaEngine } from '../media/engine-port.ts';
import type { RequestSignal } from '../registry/help-request.ts';
import type { CodecName, MediaKind } from '../rtp/codecs.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Entropy } from './entropy.ts';
import type { RoomLimits } from './room-limits.ts';
import type { RoomLog } from './room-log.ts';
import type { SsrcWalk } from './ssrc-walk.ts';

export type TransportFailure = Extract<EngineEvent, { type: 'peer-failed' }>['reason'];

/** Who hears what becomes of a peer's transport. */
export interface TransportListener {
	readonly peerId: string;
	iceCheck(remoteUfrag: string): void;
	connected(): void;
	silent(): void;
	back(): void;
	/** An ICE restart is due. */
	restart(): void;
	failed(reason: TransportFailure): void;
}

/** Who hears what becomes of a publication's signal. */
export interface PublicationListener {
	publicationLive(publicationId: string, peerId: string, kind: MediaKind, codec: CodecName): void;
	/** @param silentMs how long ago the last packet came */
	publicationLost(publicationId: string, silentMs: number): void;
	publicationBack(publicationId: string): void;
}

/** What all rooms of a server share. The maps lead the engine's events to whom they concern. */
export interface RoomContext {
	readonly media: MediaEngine;
	readonly clock: Clock;
	readonly entropy: Entropy;
	readonly limits: RoomLimits;
	readonly log: RoomLog;
	readonly ssrcs: SsrcWalk;
	readonly transports: Map<string, TransportListener>;
	readonly publications: Map<string, PublicationListener>;
	/**
	 * The signal of a duress room has changed. However it flaps this is told at most twice in `signalLostMs` for a room: it has to be away for so
	 * long to be lost.
	 */
	readonly onSignal: (roomId: string, signal: RequestSignal) => void;
}
