import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_RTCP_PACKETS, parseRtcp, type RtcpPacket, writeRtcp } from './compound.ts';
import { looksLikeRtcp } from './header.ts';
import { rtcpSamples } from './packet-samples.fixture.ts';

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u8 = fc.integer({ min: 0, max: 0xff });

const reportBlock = fc.record({
	ssrc: u32,
	fractionLost: u8,
	cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
	highestSequence: u32,
	jitterTicks: u32,
	lastSenderReport: u32,
	delaySinceLast: u32,
});
const reports = fc.array(reportBlock, { maxLength: 31 });

const anyPacket: fc.Arbitrary<RtcpPacket> = fc.oneof(
	fc.record({
		type: fc.constant('sender-report' as const),
		ssrc: u32,
		ntp: fc.record({ seconds: u32, fraction: u32 }),
		rtpTimestamp: u32,
		packetCount: u32,
		octetCount: u32,
		reports,
	}),
	fc.record({ type: fc.constant('receiver-report' as const), ssrc: u32, reports }),
	fc.record({
		type: fc.constant('source-description' as const),
		chunks: fc.array(fc.record({ ssrc: u32, cname: fc.option(fc.string({ unit: 'binary', maxLength: 60 }), { nil: undefined }) }), {
			maxLength: 31,
		}),
	}),
	fc.record({ type: fc.constant('goodbye' as const), ssrcs: fc.array(u32, { maxLength: 31 }) }),
	fc.record({ type: fc.constant('picture-loss' as const), senderSsrc: u32, mediaSsrc: u32 }),
	fc.record({
		type: fc.constant('full-intra-request' as const),
		senderSsrc: u32,
		entries: fc.array(fc.record({ ssrc: u32, sequence: u8 }), { maxLength: 64 }),
	}),
	fc.record({
		type: fc.constant('remb' as const),
		senderSsrc: u32,
		bitrateBps: fc.integer({ min: 0, max: 0x3ffff }).chain((mantissa) => fc.nat(30).map((exponent) => mantissa * 2 ** exponent)),
		ssrcs: fc.array(u32, { maxLength: 255 }),
	}),
);

describe('RTCP', () => {
	it('reads back every packet it writes, alone and in compounds', () => {
		fc.assert(
			fc.property(fc.array(anyPacket, { maxLength: 6 }), (packets) => {
				const bytes = writeRtcp(packets);
				expect(bytes.length % 4).toBe(0);
				expect(parseRtcp(bytes, bytes.length)).toEqual(packets);
			}),
		);
	});

	it('reads back a NACK with exactly the packets that were lost, around the wrap too', () => {
		fc.assert(
			fc.property(u32, u32, u16, fc.uniqueArray(fc.nat(2000), { minLength: 1, maxLength: 60 }), (senderSsrc, mediaSsrc, start, steps) => {
				const sequences = steps.sort((a, b) => a - b).map((step) => (start + step) & 0xffff);
				const nack: RtcpPacket = { type: 'generic-nack', senderSsrc, mediaSsrc, sequences };
				const bytes = writeRtcp([nack]);
				expect(parseRtcp(bytes, bytes.length)).toEqual([nack]);
			}),
		);
	});

	it('packs a run of lost packets into as few NACK entries as it can', () => {
		const sequences = Array.from({ length: 17 }, (_, i) => (0xfff8 + i) & 0xffff);
		expect(writeRtcp([{ type: 'generic-nack', senderSsrc: 1, mediaSsrc: 2, sequences }])).toHaveLength(16);
	});

	it('does not let one NACK name more packets than a sender keeps', () => {
		const everything = new Uint8Array(12 + 4 * 300).fill(0xff);
		everything.set([0x81, 205, 1, 46]);
		const [nack] = parseRtcp(everything, everything.length);
		expect(nack?.type).toBe('generic-nack');
		expect(nack?.type === 'generic-nack' && nack.sequences.length).toBeLessThanOrEqual(1024);
	});

	it('rounds a REMB down, to 18 significant bits', () => {
		const bytes = writeRtcp([{ type: 'remb', senderSsrc: 1, bitrateBps: 2_500_001.7, ssrcs: [7] }]);
		const [remb] = parseRtcp(bytes, bytes.length);
		const bitrate = remb?.type === 'remb' ? remb.bitrateBps : 0;
		expect(bitrate).toBeLessThanOrEqual(2_500_001);
		expect(bitrate).toBeGreaterThan(2_500_001 * (1 - 2 ** -17));
	});

	it('clamps the cumulative loss to its 24 bits', () => {
		const block = { ssrc: 1, fractionLost: 0, highestSequence: 0, jitterTicks: 0, lastSenderReport: 0, delaySinceLast: 0 };
		const losses = [0x900000, -0x900000].map((cumulativeLost) => {
			const bytes = writeRtcp([{ type: 'receiver-report', ssrc: 1, reports: [{ ...block, cumulativeLost }] }]);
			const [report] = parseRtcp(bytes, bytes.length);
			return report?.type === 'receiver-report' ? report.reports[0]?.cumulativeLost : undefined;
		});
		expect(losses).toEqual([0x7fffff, -0x800000]);
	});

	it('refuses to write what does not fit', () => {
		expect(() => writeRtcp([{ type: 'goodbye', ssrcs: new Array<number>(32).fill(1) }])).toThrow(RangeError);
		expect(() => writeRtcp([{ type: 'source-description', chunks: [{ ssrc: 1, cname: 'x'.repeat(256) }] }])).toThrow(RangeError);
		expect(() => writeRtcp([{ type: 'remb', senderSsrc: 1, bitrateBps: 1, ssrcs: new Array<number>(256).fill(1) }])).toThrow(RangeError);
	});
});

describe('RTCP as the documents lay it out', () => {
	it.each(rtcpSamples)('is read: $row', ({ bytes, packet }) => {
		const wanted = packet === undefined ? [] : [packet];
		expect(parseRtcp(bytes, bytes.length)).toEqual(wanted);
		const pli: RtcpPacket = { type: 'picture-loss', senderSsrc: 7, mediaSsrc: 8 };
		const compound = Uint8Array.from([...bytes, ...writeRtcp([pli])]);
		expect(parseRtcp(compound, compound.length)).toEqual([...wanted, pli]);
	});

	it('is of the kinds that docs/rtcp.md names', () => {
		const text = readFileSync(new URL('../../docs/rtcp.md', import.meta.url), 'utf8');
		const [, ...rows] = [...text.matchAll(/^\| ([^|]+?) \|/gm)].map(([, first]) => first);
		expect(new Set(rtcpSamples.map(({ row }) => row))).toEqual(new Set(rows));
	});
});

describe('RTCP from outside', () => {
	const pli = writeRtcp([{ type: 'picture-loss', senderSsrc: 1, mediaSsrc: 2 }]);
	const unknown = Uint8Array.from([0x80, 204, 0, 1, 1, 2, 3, 4]);

	it('skips packets of unknown kind, foreign application feedback among them', () => {
		const foreign = Uint8Array.from([0x8f, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0x47, 0x4f, 0x4f, 0x47, 0, 0, 0, 0]);
		const bytes = Uint8Array.from([...unknown, ...foreign, ...pli]);
		expect(parseRtcp(bytes, bytes.length)).toEqual([{ type: 'picture-loss', senderSsrc: 1, mediaSsrc: 2 }]);
	});

	it('passes over transport-cc feedback where nobody wants it, be it malformed, and reads the rest of the compound', () => {
		// 24 bytes that say "not received" of 8,191 packets; then the same without its statuses.
		const costly = new Uint8Array(24);
		costly.set([0x8f, 205, 0, 5]);
		new DataView(costly.buffer).setUint16(14, 8191);
		new DataView(costly.buffer).setUint16(20, 8191);
		const broken = Uint8Array.from([...costly.subarray(0, 20)]);
		broken[3] = 4;
		const picture = { type: 'picture-loss', senderSsrc: 1, mediaSsrc: 2 };
		const nack = writeRtcp([{ type: 'generic-nack', senderSsrc: 1, mediaSsrc: 2, sequences: [7] }]);
		const bytes = Uint8Array.from([...pli, ...costly, ...broken, ...costly, ...nack, ...pli]);
		const rest = [picture, { type: 'generic-nack', senderSsrc: 1, mediaSsrc: 2, sequences: [7] }, picture];
		expect(parseRtcp(bytes, bytes.length, false)).toEqual(rest);
		expect(parseRtcp(bytes, bytes.length).map(({ type }) => type)).toEqual(['picture-loss', 'transport-cc']);
	});

	it('keeps what came before a malformed packet', () => {
		const tails = [
			[0x40, 206, 0, 0], // version 1
			[0x81, 206, 0, 9, 0, 0, 0, 1], // longer than the datagram
			[0x81, 206, 0, 1, 0, 0, 0, 1], // a picture loss without a source
			[0xa1, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 200], // impossible padding
			[0x9f, 201, 0, 1, 0, 0, 0, 1], // 31 report blocks announced, none there
			[0x81, 202, 0, 2, 0, 0, 0, 1, 1, 9, 0x61, 0x61], // a CNAME past the end
		];
		for (const tail of tails) {
			const bytes = Uint8Array.from([...pli, ...tail, ...pli]);
			expect(parseRtcp(bytes, bytes.length)).toHaveLength(1);
		}
	});

	it('reads no more packets than the limit', () => {
		const bytes = new Uint8Array(4 * 200);
		for (let i = 0; i < bytes.length; i += 4) bytes.set([0x80, 203, 0, 0], i);
		expect(parseRtcp(bytes, bytes.length)).toHaveLength(MAX_RTCP_PACKETS);
	});

	it('stays within the given length of a reused buffer', () => {
		const buffer = new Uint8Array(64);
		buffer.set(pli);
		buffer.set(pli, pli.length);
		expect(parseRtcp(buffer, pli.length)).toHaveLength(1);
		expect(parseRtcp(buffer, pli.length - 1)).toHaveLength(0);
	});

	it('reads a packet at an offset into a larger buffer', () => {
		const buffer = new Uint8Array(40);
		buffer.set(pli, 7);
		expect(parseRtcp(buffer.subarray(7), pli.length)).toEqual([{ type: 'picture-loss', senderSsrc: 1, mediaSsrc: 2 }]);
	});

	it('never throws, neither on garbage nor on damaged compounds', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				expect(parseRtcp(bytes, bytes.length).length).toBeLessThanOrEqual(MAX_RTCP_PACKETS);
			}),
		);
		fc.assert(
			fc.property(fc.array(anyPacket, { minLength: 1, maxLength: 4 }), fc.nat(), u8, fc.nat(), (packets, where, value, cut) => {
				const bytes = writeRtcp(packets);
				bytes[where % bytes.length] = value;
				const length = cut % (bytes.length + 1);
				expect(parseRtcp(bytes, length).length).toBeLessThanOrEqual(MAX_RTCP_PACKETS);
			}),
		);
	});

	it('is told from RTP by its second byte', () => {
		expect(looksLikeRtcp(pli, pli.length)).toBe(true);
		expect(looksLikeRtcp(Uint8Array.from([0x80, 0xe0, 0, 1, 0, 0, 0, 0]), 8)).toBe(false);
		expect(looksLikeRtcp(Uint8Array.from([0x80, 96, 0, 1, 0, 0, 0, 0]), 8)).toBe(false);
		expect(looksLikeRtcp(pli, 7)).toBe(false);
	});
});
