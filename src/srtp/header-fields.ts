/** The few header fields that SRTP itself needs, read in place without a view. Callers have checked the lengths. */

/** Sequence number: RFC 3550 5.1. */
export function rtpSequence(packet: Uint8Array): number {
	return ((packet[2] as number) << 8) | (packet[3] as number);
}

/** Synchronisation source, unsigned. */
export function rtpSsrc(packet: Uint8Array): number {
	return readWord(packet, 8);
}

/** The sender's SSRC, which stands at the same place in every RTCP packet type that may come first in a compound. */
export function rtcpSsrc(packet: Uint8Array): number {
	return readWord(packet, 4);
}

/** An unsigned 32-bit word in network order. */
export function readWord(bytes: Uint8Array, at: number): number {
	return (
		(((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
	);
}

/** Writes one. */
export function writeWord(bytes: Uint8Array, at: number, word: number): void {
	bytes[at] = word >>> 24;
	bytes[at + 1] = word >>> 16;
	bytes[at + 2] = word >>> 8;
	bytes[at + 3] = word;
}
