/** What a transform answers in place of a length when the authentication tag does not match. */
export const TAG_MISMATCH = -1;

/**
 * One direction of one session under its session keys. Knows bytes, not streams: roll-over counters, indices and replay are
 * its callers' business, and so are all length checks.
 */
export interface SrtpTransform {
	/** Returns the protected length. */
	protectRtp(packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number;
	/** Returns the plain length or {@link TAG_MISMATCH}. */
	unprotectRtp(packet: Uint8Array, headerLength: number, length: number, rollover: number, out: Uint8Array): number;
	/** Returns the protected length. */
	protectRtcp(packet: Uint8Array, length: number, index: number, out: Uint8Array): number;
	/** Where the word of E flag and index lies in a protected packet of this length. */
	rtcpIndexOffset(length: number): number;
	/** Returns the plain length or {@link TAG_MISMATCH}. `index`: the 31 bits the packet carries; its E flag is set. */
	unprotectRtcp(packet: Uint8Array, length: number, index: number, out: Uint8Array): number;
	/** Gives back what the garbage collector does not know of. It is not used any more. Twice is harmless. */
	close(): void;
}
