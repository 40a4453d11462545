/**
 * The media engine as rooms see it: commands in, events out, all of them plain serialisable values, because the engine lives in
 * worker threads. A command never fails loudly: one that names something unknown is ignored, because a peer may have gone while the
 * command was on its way.
 */
import type { IceCredentials, MediaDescription, Publication } from '../negotiation/media-description.ts';
import type { CodecName, MediaKind } from '../rtp/codecs.ts';

export type EngineCommand =
	| { readonly type: 'open-publication'; readonly publication: Publication }
	| { readonly type: 'close-publication'; readonly publicationId: string }
	/** `ice`: the server's own credentials for this peer. Checks and a DTLS hello are answered from here on. */
	| { readonly type: 'open-peer'; readonly peerId: string; readonly ice: IceCredentials }
	/** An ICE restart: new credentials of the server's; the old ones serve until a check arrives for the new. */
	| { readonly type: 'restart-ice'; readonly peerId: string; readonly ice: IceCredentials }
	/** Replaces the whole earlier description of the peer. */
	| { readonly type: 'describe-peer'; readonly peerId: string; readonly description: MediaDescription }
	| { readonly type: 'close-peer'; readonly peerId: string };

export type EngineEvent =
	/** The first authenticated ICE check that names this remote ufrag. */
	| { readonly type: 'ice-check'; readonly peerId: string; readonly remoteUfrag: string }
	/** DTLS is done, the certificate matches, media may flow. */
	| { readonly type: 'peer-connected'; readonly peerId: string }
	/** So many checks have come that an ICE restart is due (hours into a session): soon no new path could be trusted. */
	| { readonly type: 'ice-worn'; readonly peerId: string }
	/** No authenticated check for the consent time (30 s): the engine has stopped sending to it. */
	| { readonly type: 'peer-silent'; readonly peerId: string }
	/** Checks came back after `peer-silent`. */
	| { readonly type: 'peer-back'; readonly peerId: string }
	/**
	 * The transport cannot go on (certificate mismatch, DTLS failure or alert; `engine-lost`: the thread that held it has died). The peer
	 * is closed in the engine.
	 */
	| { readonly type: 'peer-failed'; readonly peerId: string; readonly reason: 'dtls' | 'fingerprint' | 'dtls-closed' | 'engine-lost' }
	/** The first authenticated packet of this kind from this peer; again when the codec changes. */
	| {
			readonly type: 'publication-live';
			readonly publicationId: string;
			readonly peerId: string;
			readonly kind: MediaKind;
			readonly codec: CodecName;
	  }
	/** No packet of either kind for 2 s while a peer feeds it, or that peer was closed. `silentMs`: how long ago the last one came. */
	| { readonly type: 'publication-lost'; readonly publicationId: string; readonly silentMs: number }
	/** Packets again after `publication-lost`. */
	| { readonly type: 'publication-back'; readonly publicationId: string };

/** A command with what decides about the thread that carries it out. `group` names a room: what it holds is kept together. */
export type PlacedCommand =
	| (Extract<EngineCommand, { type: 'open-publication' }> & { readonly group: string })
	| (Extract<EngineCommand, { type: 'open-peer' }> & { readonly group: string; readonly seat: EngineSeat })
	| Exclude<EngineCommand, { type: 'open-publication' | 'open-peer' }>;

/** What a peer must know to reach the engine. */
export interface EngineAddress {
	/** The server certificate's SHA-256 digest, hex pairs parted by colons. */
	readonly fingerprint: string;
	/** Host candidates, best first. */
	readonly candidates: readonly { readonly address: string; readonly port: number }[];
}

/** A peer's place: the worker thread that will serve it, and how the peer reaches that. */
export interface EngineSeat {
	readonly worker: number;
	readonly address: EngineAddress;
}

export interface MediaEngine {
	/** A place for a peer of a room, to be named when it is opened. Who feeds a publication must be where the room is at home. */
	seat(group: string, role: 'feeds' | 'watches'): EngineSeat;
	send(command: PlacedCommand): void;
	/** One listener, set once by the composition root before the first command. */
	onEvent: (event: EngineEvent) => void;
	close(): Promise<void>;
}
