import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { middle32, msFromNtp, msFromNtpUnits, ntpFromMs, ntpUnitsFromMs, roundTripMs } from './ntp.ts';

describe('NTP time', () => {
	it('starts in 1900', () => {
		expect(ntpFromMs(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 });
		expect(ntpFromMs(500)).toEqual({ seconds: 2_208_988_800, fraction: 0x80000000 });
	});

	it('returns the milliseconds it was made from', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (ms) => {
				expect(msFromNtp(ntpFromMs(ms))).toBeCloseTo(ms, 3);
			}),
		);
	});

	it('crosses the end of the era in February 2036', () => {
		const eraEndMs = (2 ** 32 - 2_208_988_800) * 1000;
		expect(ntpFromMs(eraEndMs).seconds).toBe(0);
		expect(msFromNtp(ntpFromMs(eraEndMs + 250))).toBe(eraEndMs + 250);
	});

	it('gives its middle 32 bits', () => {
		expect(middle32({ seconds: 0x1234abcd, fraction: 0x9876ffff })).toBe(0xabcd9876);
	});

	it('counts short durations in 1/65536 s, never below zero or above 32 bits', () => {
		expect(ntpUnitsFromMs(1000)).toBe(65536);
		expect(msFromNtpUnits(32768)).toBe(500);
		expect(ntpUnitsFromMs(-5)).toBe(0);
		expect(ntpUnitsFromMs(1e12)).toBe(0xffffffff);
	});
});

describe('the round trip of a report block', () => {
	it('is what neither the peer nor the report held back, also around the 16-bit second wrap', () => {
		for (const sentMs of [0, 65_535_900, 1_700_000_000_123]) {
			const echoed = middle32(ntpFromMs(sentMs));
			const rtt = roundTripMs(ntpFromMs(sentMs + 340), echoed, ntpUnitsFromMs(300));
			expect(rtt).toBeGreaterThan(39.9);
			expect(rtt).toBeLessThan(40.1);
		}
	});

	it('is unknown without an echoed report or with an impossible delay', () => {
		expect(roundTripMs(ntpFromMs(1000), 0, 0)).toBeUndefined();
		expect(roundTripMs(ntpFromMs(1000), middle32(ntpFromMs(900)), ntpUnitsFromMs(200))).toBeUndefined();
	});
});
