/** A round trip beyond this is a report about another connection or a forged one, not a network. */
const LONGEST_MS = 60_000;
/** Rounding on both sides can make a short trip negative by this much at most, about 10 ms. */
const ROUNDING_UNITS = 655;

/**
 * Round-trip time from a viewer's report block (RFC 3550 6.4.1): now − LSR − DLSR, all in 1/65536 s, modulo 2^32.
 *
 * @param lastSenderReport LSR, the middle 32 bits of the NTP time of the report that the viewer speaks of
 * @param delaySinceLastSenderReport DLSR
 * @param nowMiddle middle 32 bits of the server's NTP time at arrival
 * @returns milliseconds, or undefined when the viewer has seen no report yet or the values make no sense
 */
export function roundTripMs(lastSenderReport: number, delaySinceLastSenderReport: number, nowMiddle: number): number | undefined {
	if (lastSenderReport === 0) return undefined;
	const units = (nowMiddle - lastSenderReport - delaySinceLastSenderReport) | 0;
	if (units < 0) return units > -ROUNDING_UNITS ? 0 : undefined;
	const milliseconds = (units * 1000) / 65536;
	return milliseconds <= LONGEST_MS ? milliseconds : undefined;
}
