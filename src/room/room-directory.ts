/** Rooms as the HTTP routes see them. */
export interface RoomDirectory {
	/** Makes a room unless it exists. `duress` rooms last until `complete`; `legacy` rooms go when empty for 5 minutes. */
	open(roomId: string, kind: 'duress' | 'legacy'): void;
	has(roomId: string): boolean;
	/** The room whose stream id (SHA-256 of its id, lower-case hex) this is. */
	findByStreamId(streamId: string): string | undefined;
	/**
	 * Hands a description or candidate that came by HTTP to the room's sockets that have not completed a negotiation with the
	 * server, as `{"event","data","via":"http"}`. Returns false when there is no such room.
	 */
	relaySignal(roomId: string, event: 'offer' | 'answer' | 'candidate', data: string): boolean;
	/** Tells sockets that speak v2 who helps (undefined: nobody). */
	setHelper(roomId: string, helper: string | undefined): void;
	/** The session is over: every socket gets `duress-stop` and close 1000; the ids stop resolving at once. */
	complete(roomId: string): void;
}
