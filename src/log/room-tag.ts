import { hash } from 'node:crypto';

/** Hex digits of a tag: 32 bits tell the rooms of a log apart and open nothing. */
const TAG_LENGTH = 8;

/** How a log names a room. The id itself grants access to the room, so it never enters a log. */
export function roomTag(roomId: string): string {
	return hash('sha256', roomId, 'hex').slice(0, TAG_LENGTH);
}
