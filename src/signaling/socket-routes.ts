import type { PeerRole } from '../room/peer.ts';
import type { Room } from '../room/room.ts';
import type { Rooms } from '../room/rooms.ts';

/** A WebSocket route: who connects there, and to which room. */
export interface SocketRoute {
	readonly url: string;
	readonly role: PeerRole | 'counter';
	readonly summary: string;
	/** The room the path names. */
	find(rooms: Rooms, id: string): Room | undefined;
	/** Whether the room is made when there is none. */
	readonly makes?: true;
	readonly notFound: string;
}

const byRoom = (rooms: Rooms, id: string): Room | undefined => rooms.get(id);

/** Stream ids are written in lower-case hex; any letter case is taken. */
const byStream = (rooms: Rooms, id: string): Room | undefined => {
	const roomId = rooms.findByStreamId(id.toLowerCase());
	return roomId === undefined ? undefined : rooms.get(roomId);
};

export const socketRoutes: readonly SocketRoute[] = [
	{
		url: '/duress/:id/websocket',
		role: 'broadcaster',
		summary: 'The broadcaster of a help session (WebSocket)',
		find: byRoom,
		notFound: 'Room not found',
	},
	{
		url: '/duress/:id/viewer/websocket',
		role: 'viewer',
		summary: 'A viewer of a help session (WebSocket)',
		find: byRoom,
		notFound: 'Room not found',
	},
	{
		url: '/room/:id/websocket',
		role: 'room-peer',
		summary: 'A peer of a legacy room, made when missing (WebSocket)',
		find: byRoom,
		makes: true,
		notFound: 'Room not found',
	},
	{
		url: '/room/:id/viewer/websocket',
		role: 'counter',
		summary: 'The number of peers in a room, once a second (WebSocket)',
		find: byRoom,
		notFound: 'Room not found',
	},
	{
		url: '/stream/:id/websocket',
		role: 'viewer',
		summary: 'A viewer of a stream (WebSocket)',
		find: byStream,
		notFound: 'Stream not found',
	},
	{
		url: '/stream/:id/viewer/websocket',
		role: 'counter',
		summary: 'The number of peers around a stream, once a second (WebSocket)',
		find: byStream,
		notFound: 'Stream not found',
	},
];
