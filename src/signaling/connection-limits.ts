/** Every bound of one signaling socket. */
export interface ConnectionLimits {
	/** The longest message taken. Longer ones end the socket with 1009 (an SDP of a full room is below half of it). */
	readonly maxFrameBytes: number;
	/** Output that may wait for a slow reader: several descriptions of a full room. Beyond it the socket is dropped. */
	readonly maxBufferedBytes: number;
	/** Bad input is answered and forgiven up to here, then the socket is closed with 1008. */
	readonly badInput: { readonly count: number; readonly windowMs: number };
	/** Frames of any kind, pings too: far above what trickled candidates and renegotiations make. Beyond it: 1008. */
	readonly frames: { readonly count: number; readonly windowMs: number };
	/** Offers, right ones too: each is read, answered and told to the engine. A page makes one or two when its tracks or network change. */
	readonly offers: { readonly count: number; readonly windowMs: number };
	/** The server pings this often. */
	readonly pingMs: number;
	/** A socket from which nothing came for this long is dropped; twice the ping, so that one lost answer is forgiven. */
	readonly silenceMs: number;
	/** A socket that asked for an upgrade and got none is cut after this. */
	readonly upgradeMs: number;
	/** Sockets that do not answer the close when the server stops are cut after this. */
	readonly shutdownMs: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
	maxFrameBytes: 64 * 1024,
	maxBufferedBytes: 1024 * 1024,
	badInput: { count: 50, windowMs: 10_000 },
	frames: { count: 500, windowMs: 10_000 },
	offers: { count: 20, windowMs: 10_000 },
	pingMs: 15_000,
	silenceMs: 30_000,
	upgradeMs: 10_000,
	shutdownMs: 1000,
};
