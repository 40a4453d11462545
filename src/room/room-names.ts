import { hash } from 'node:crypto';

/** The stream id of a room: the lower-case hex SHA-256 of the room id string, 64 characters. */
export function streamIdOf(roomId: string): string {
	return hash('sha256', roomId);
}

/** A room's name in the log: 8 hex characters tell rooms apart and open nothing. */
export function roomTag(roomId: string): string {
	return streamIdOf(roomId).slice(0, 8);
}

/** Legacy room ids are chosen by clients: short, and free of characters that need care in a path. */
const legacyRoomId = /^[A-Za-z0-9_-]{1,64}$/;

export function isLegacyRoomId(text: string): boolean {
	return legacyRoomId.test(text);
}
