/** One client's signaling socket as its peer sees it. Both methods are harmless on a socket that has closed. */
export interface SignalSocket {
	/** 2 when the client asked for the added events with `?v=2`. */
	readonly version: 1 | 2;
	/** By which the client came, without its query. */
	readonly url: string;
	/** Sends `{"event","data"}`; `via` marks what another client sent by HTTP. */
	send(event: string, data: string, via?: 'http'): void;
	close(code: number, reason: string): void;
}

/** A socket that is told the viewer count. It is closed with its room. */
export interface CountSocket {
	close(code: number, reason: string): void;
}
