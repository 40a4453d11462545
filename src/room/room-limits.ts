/** Every bound and span of rooms and their peers. */
export interface RoomLimits {
	/** Viewers in one room: about what one machine can feed. Beyond it one that is not connected gives way, if there is one. */
	readonly viewersPerRoom: number;
	/** Legacy peers in one room: each brings two sections to the others' descriptions, which must stay under 64 sections and 64 KiB. */
	readonly roomPeersPerRoom: number;
	/** Broadcaster connections in one room. A victim is never refused: beyond it one that feeds nothing gives way. */
	readonly broadcastersPerRoom: number;
	/** Viewer-count sockets on one room. */
	readonly countersPerRoom: number;
	/** Legacy rooms, which anybody makes. Beyond it the longest empty one goes. Duress rooms are never refused. */
	readonly legacyRooms: number;
	/** A legacy room with nobody in it goes after this. */
	readonly emptyRoomMs: number;
	/** The engine tells of silence after 30 s; from there a peer may come back within this. */
	readonly silentParkMs: number;
	/** A peer that lost its socket before media ever flowed has little to come back to. */
	readonly unconnectedParkMs: number;
	/** A peer with a socket whose ICE never works: the 30 s of consent plus the 60 s of parking. */
	readonly unconnectedMs: number;
	/** The same for one that offered and has no socket: it has the answer at once, and its checks begin with it. */
	readonly offeredUnconnectedMs: number;
	/** Viewers hear of a lost signal after this long without media: a reload or a change of network is over before. */
	readonly signalLostMs: number;
	/** Changes of `status` within this become one message: a thousand joins must not make a million. */
	readonly statusDelayMs: number;
	/** Viewer counts are logged this often while somebody is in a room. */
	readonly countLogMs: number;
}

export const defaultRoomLimits: RoomLimits = {
	viewersPerRoom: 1000,
	roomPeersPerRoom: 24,
	broadcastersPerRoom: 16,
	countersPerRoom: 1000,
	legacyRooms: 10_000,
	emptyRoomMs: 5 * 60_000,
	silentParkMs: 60_000,
	unconnectedParkMs: 30_000,
	unconnectedMs: 90_000,
	offeredUnconnectedMs: 15_000,
	signalLostMs: 5000,
	statusDelayMs: 250,
	countLogMs: 10_000,
};
