/**
 * Where rooms and signaling write their log lines. Fields never hold names, mobiles, addresses or room ids (an id opens the door
 * to its room): rooms are named by `roomTag`.
 */
export interface RoomLog {
	info(fields: Readonly<Record<string, unknown>>, message: string): void;
	warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}
