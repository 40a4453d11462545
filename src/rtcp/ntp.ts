/**
 * NTP timestamps (RFC 3550, section 4): seconds since 1900 as 32.32 fixed point, kept as two unsigned 32-bit halves because a JS number
 * cannot hold all 64 bits. The middle 32 bits (16.16) are what report blocks echo as LSR, and DLSR counts the same 1/65536 s.
 */

const SECONDS_1900_TO_1970 = 2_208_988_800;
const TWO_32 = 0x100000000;

export interface NtpTime {
	/** Seconds since 1900, modulo 2^32 (the era that starts in 2036 wraps). */
	readonly seconds: number;
	/** 2^−32 s. */
	readonly fraction: number;
}

/** A time since 1970 in milliseconds (fractions allowed). */
export function ntpFromMs(unixMs: number): NtpTime {
	const wholeSeconds = Math.floor(unixMs / 1000);
	// The remainder is taken first, so that the fraction keeps the full precision of the input.
	const fraction = Math.floor(((unixMs - wholeSeconds * 1000) / 1000) * TWO_32);
	return { seconds: (wholeSeconds + SECONDS_1900_TO_1970) % TWO_32, fraction: Math.min(fraction, TWO_32 - 1) };
}

/** Milliseconds since 1970; times before 1968 are taken to lie in the era after 2036 (RFC 5905, section 6). */
export function msFromNtp(time: NtpTime): number {
	const era = time.seconds < 0x80000000 ? TWO_32 : 0;
	return (time.seconds + era - SECONDS_1900_TO_1970) * 1000 + (time.fraction * 1000) / TWO_32;
}

/** The middle 32 bits: low half of the seconds, high half of the fraction. */
export function middle32(time: NtpTime): number {
	return (((time.seconds & 0xffff) << 16) | (time.fraction >>> 16)) >>> 0;
}

/** A duration in milliseconds in units of 1/65536 s, as in DLSR, capped at its 32 bits (18 hours). */
export function ntpUnitsFromMs(durationMs: number): number {
	return Math.min(Math.max(0, Math.round((durationMs * 65536) / 1000)), 0xffffffff);
}

export function msFromNtpUnits(units: number): number {
	return (units * 1000) / 65536;
}

/**
 * The round trip that a report block reveals (RFC 3550, section 6.4.1): its arrival, minus LSR, minus DLSR, all in middle-32 units.
 * @returns milliseconds, or undefined when the block echoes no sender report or the sum is negative (a peer that counts wrongly)
 */
export function roundTripMs(arrival: NtpTime, lastSenderReport: number, delaySinceLast: number): number | undefined {
	if (lastSenderReport === 0) return undefined;
	const units = (middle32(arrival) - lastSenderReport - delaySinceLast) | 0;
	return units < 0 ? undefined : msFromNtpUnits(units);
}
