/** What signaling has seen since the start, for the metrics. */
export interface SignalingCounts {
	/** Sockets open now. */
	sockets: number;
	frames: number;
	badFrames: number;
	unknownEvents: number;
	/** Sockets closed for flooding. */
	floods: number;
	/** Sockets dropped because they did not read what they were sent. */
	slowReaders: number;
	/** Sockets dropped because nothing came from them any more. */
	silentSockets: number;
}

export function newSignalingCounts(): SignalingCounts {
	return { sockets: 0, frames: 0, badFrames: 0, unknownEvents: 0, floods: 0, slowReaders: 0, silentSockets: 0 };
}
