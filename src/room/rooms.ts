import type { EngineEvent, MediaEngine } from '../media/engine-port.ts';
import type { Clock } from '../runtime/clock.ts';
import { Entropy, type RandomBytes } from './entropy.ts';
import { Room, type RoomKind } from './room.ts';
import type { RoomContext } from './room-context.ts';
import type { RoomDirectory } from './room-directory.ts';
import { defaultRoomLimits, type RoomLimits } from './room-limits.ts';
import type { RoomLog } from './room-log.ts';
import { SsrcWalk } from './ssrc-walk.ts';

export interface RoomsOptions {
	readonly media: MediaEngine;
	readonly clock: Clock;
	readonly randomBytes: RandomBytes;
	readonly log: RoomLog;
	readonly limits?: Partial<RoomLimits>;
	/** Hears when the signal of a duress room changes. */
	readonly onSignal?: RoomContext['onSignal'];
}

/** How much there is of everything that rooms hold; all zero when nobody is left. */
export interface RoomCounts {
	readonly rooms: number;
	readonly streams: number;
	readonly emptyRooms: number;
	readonly peers: number;
	readonly enginePeers: number;
	readonly publications: number;
}

/** All rooms of this server, by id and by stream id, and the way from the media engine's events to the peers they concern. */
export class Rooms implements RoomDirectory {
	readonly #context: RoomContext;
	readonly #rooms = new Map<string, Room>();
	readonly #roomIdsByStream = new Map<string, string>();
	/** Legacy rooms with nobody in them, the longest empty first, with the cancellation of their end. */
	readonly #emptyLegacy = new Map<Room, () => void>();
	#legacyRooms = 0;
	#cancelCountLog: (() => void) | undefined;

	constructor({ media, clock, randomBytes, log, limits, onSignal }: RoomsOptions) {
		const entropy = new Entropy(randomBytes);
		this.#context = {
			media,
			clock,
			entropy,
			log,
			limits: { ...defaultRoomLimits, ...limits },
			ssrcs: new SsrcWalk(entropy.uint32()),
			transports: new Map(),
			publications: new Map(),
			onSignal: onSignal ?? (() => {}),
		};
	}

	/** The room itself, for signaling. */
	get(roomId: string): Room | undefined {
		return this.#rooms.get(roomId);
	}

	has(roomId: string): boolean {
		return this.#rooms.has(roomId);
	}

	findByStreamId(streamId: string): string | undefined {
		return this.#roomIdsByStream.get(streamId);
	}

	/** Whether `open` would make one more legacy room. */
	hasPlaceForLegacyRoom(): boolean {
		return this.#legacyRooms < this.#context.limits.legacyRooms || this.#emptyLegacy.size > 0;
	}

	/** A legacy room is not made when there are too many and none of them is empty. */
	open(roomId: string, kind: RoomKind): void {
		const known = this.#rooms.get(roomId);
		if (known !== undefined) {
			if (kind === 'duress' && known.kind === 'legacy') this.#promote(known);
			return;
		}
		if (kind === 'legacy' && !this.#makePlaceForLegacyRoom()) return;
		const room = new Room({ context: this.#context, roomId, kind, onPopulation: (changed) => this.#populationChanged(changed) });
		this.#rooms.set(roomId, room);
		this.#roomIdsByStream.set(room.streamId, roomId);
		if (kind === 'legacy') this.#legacyRooms++;
		this.#populationChanged(room);
	}

	relaySignal(roomId: string, event: 'offer' | 'answer' | 'candidate', data: string): boolean {
		const room = this.#rooms.get(roomId);
		room?.relay(event, data);
		return room !== undefined;
	}

	setHelper(roomId: string, helper: string | undefined): void {
		this.#rooms.get(roomId)?.setHelper(helper);
	}

	complete(roomId: string): void {
		const room = this.#rooms.get(roomId);
		if (room !== undefined) this.#close(room, 'completed');
	}

	/** Hands an event of the engine to whom it concerns. One about something that has gone meanwhile is nobody's. */
	handleEngineEvent(event: EngineEvent): void {
		const { transports, publications } = this.#context;
		if (event.type === 'publication-lost') {
			publications.get(event.publicationId)?.publicationLost(event.publicationId, event.silentMs);
			return;
		}
		if (event.type === 'publication-back') {
			publications.get(event.publicationId)?.publicationBack(event.publicationId);
			return;
		}
		const peer = transports.get(event.peerId);
		if (peer === undefined) return;
		switch (event.type) {
			case 'ice-check':
				peer.iceCheck(event.remoteUfrag);
				break;
			case 'peer-connected':
				peer.connected();
				break;
			case 'ice-worn':
				peer.restart();
				break;
			case 'peer-silent':
				peer.silent();
				break;
			case 'peer-back':
				peer.back();
				break;
			case 'peer-failed':
				peer.failed(event.reason);
				break;
			case 'publication-live':
				publications.get(event.publicationId)?.publicationLive(event.publicationId, peer.peerId, event.kind, event.codec);
				break;
		}
	}

	counts(): RoomCounts {
		let peers = 0;
		for (const room of this.#rooms.values()) peers += room.peerCount;
		return {
			rooms: this.#rooms.size,
			streams: this.#roomIdsByStream.size,
			emptyRooms: this.#emptyLegacy.size,
			peers,
			enginePeers: this.#context.transports.size,
			publications: this.#context.publications.size,
		};
	}

	#close(room: Room, why: 'completed' | 'expired'): void {
		this.#rooms.delete(room.roomId);
		this.#roomIdsByStream.delete(room.streamId);
		this.#stopExpiry(room);
		if (room.kind === 'legacy') this.#legacyRooms--;
		room.close('completed');
		this.#context.log.info({ room: room.tag, why }, 'room closed');
	}

	#promote(room: Room): void {
		this.#legacyRooms--;
		this.#stopExpiry(room);
		room.keep();
	}

	#makePlaceForLegacyRoom(): boolean {
		if (this.#legacyRooms < this.#context.limits.legacyRooms) return true;
		const [longestEmpty] = this.#emptyLegacy.keys();
		if (longestEmpty === undefined) return false;
		this.#close(longestEmpty, 'expired');
		return true;
	}

	#populationChanged(room: Room): void {
		if (room.peerCount > 0) this.#armCountLog();
		if (room.kind !== 'legacy' || !this.#rooms.has(room.roomId)) return;
		if (!room.isEmpty) this.#stopExpiry(room);
		else if (!this.#emptyLegacy.has(room)) {
			const { clock, limits } = this.#context;
			this.#emptyLegacy.set(
				room,
				clock.setTimer(() => this.#close(room, 'expired'), limits.emptyRoomMs),
			);
		}
	}

	#stopExpiry(room: Room): void {
		this.#emptyLegacy.get(room)?.();
		this.#emptyLegacy.delete(room);
	}

	#armCountLog(): void {
		const { clock, limits, log } = this.#context;
		this.#cancelCountLog ??= clock.setTimer(() => {
			this.#cancelCountLog = undefined;
			for (const room of this.#rooms.values()) {
				if (room.peerCount === 0) continue;
				log.info({ room: room.tag, peers: room.peerCount, viewers: room.viewerCount }, 'viewer count');
				this.#armCountLog();
			}
		}, limits.countLogMs);
	}
}
