import type { RoomDirectory } from '../../src/room/room-directory.ts';
import { isLegacyRoomId, streamIdOf } from '../../src/room/room-names.ts';

export interface RelayedSignal {
	readonly roomId: string;
	readonly event: 'offer' | 'answer' | 'candidate';
	readonly data: string;
}

/** Rooms as HTTP sees them, without media: what was done to them can be read. */
export class MemoryRooms implements RoomDirectory {
	readonly kinds = new Map<string, 'duress' | 'legacy'>();
	readonly helpers = new Map<string, string | undefined>();
	readonly relayed: RelayedSignal[] = [];
	readonly completed: string[] = [];

	open(roomId: string, kind: 'duress' | 'legacy'): void {
		if (!isLegacyRoomId(roomId)) throw new Error('not a room id');
		if (!this.kinds.has(roomId)) this.kinds.set(roomId, kind);
	}

	has(roomId: string): boolean {
		return this.kinds.has(roomId);
	}

	findByStreamId(streamId: string): string | undefined {
		return [...this.kinds.keys()].find((roomId) => streamIdOf(roomId) === streamId);
	}

	relaySignal(roomId: string, event: RelayedSignal['event'], data: string): boolean {
		if (!this.kinds.has(roomId)) return false;
		this.relayed.push({ roomId, event, data });
		return true;
	}

	setHelper(roomId: string, helper: string | undefined): void {
		this.helpers.set(roomId, helper);
	}

	complete(roomId: string): void {
		this.kinds.delete(roomId);
		this.completed.push(roomId);
	}
}
