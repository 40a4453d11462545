import type { RtcpPacket } from './compound.ts';

/** One packet by the octets that its RFC lays out. */
export interface RtcpSample {
	/** Its row in docs/rtcp.md. */
	readonly row: string;
	readonly bytes: Uint8Array;
	/** What is read of it; undefined where it is passed over. */
	readonly packet: RtcpPacket | undefined;
}

const blockHex = '00000002 40fffffe 0001ffff 0000002d ccdd8000 00010000';
const block = {
	ssrc: 2,
	fractionLost: 64,
	cumulativeLost: -2,
	highestSequence: 0x1ffff,
	jitterTicks: 45,
	lastSenderReport: 0xccdd8000,
	delaySinceLast: 65_536,
};

/** Every kind of packet that a peer may send. */
export const rtcpSamples: readonly RtcpSample[] = [
	sample('SR (200)', `81c8000c 00000001 aabbccdd 80000000 00015f90 0000000a 00000578 ${blockHex}`, {
		type: 'sender-report',
		ssrc: 1,
		ntp: { seconds: 0xaabbccdd, fraction: 0x80000000 },
		rtpTimestamp: 90_000,
		packetCount: 10,
		octetCount: 1400,
		reports: [block],
	}),
	sample('RR (201)', `81c90007 00000003 ${blockHex}`, { type: 'receiver-report', ssrc: 3, reports: [block] }),
	// A CNAME, then a TOOL.
	sample('SDES (202)', '81ca0004 00000004 01036162 63060178 00000000', {
		type: 'source-description',
		chunks: [{ ssrc: 4, cname: 'abc' }],
	}),
	// With a reason.
	sample('BYE (203)', '82cb0003 00000005 00000006 03627965', { type: 'goodbye', ssrcs: [5, 6] }),
	sample('APP (204), XR (207), others', '80cc0003 00000007 6e616d65 01020304', undefined),
	// A receiver reference time: RFC 3611, section 4.4.
	sample('APP (204), XR (207), others', '80cf0004 00000008 04000002 aabbccdd 80000000', undefined),
	// TMMBR: RFC 5104, section 4.2.1.
	sample('APP (204), XR (207), others', '83cd0004 00000001 00000000 00000002 04000028', undefined),
	// Application layer feedback that is not REMB: RFC 4585, section 6.4.
	sample('APP (204), XR (207), others', '8fce0003 00000001 00000000 474f4f47', undefined),
	sample('generic NACK (RTPFB 1)', '81cd0003 00000001 00000002 fffe0005', {
		type: 'generic-nack',
		senderSsrc: 1,
		mediaSsrc: 2,
		sequences: [0xfffe, 0xffff, 1],
	}),
	sample('transport-cc (RTPFB 15)', '8fcd0005 00000001 00000002 00090001 00000100 20010700', {
		type: 'transport-cc',
		senderSsrc: 1,
		mediaSsrc: 2,
		baseSequence: 9,
		referenceTime: 1,
		feedbackCount: 0,
		arrivals: [7],
	}),
	sample('PLI (PSFB 1)', '81ce0002 00000001 00000002', { type: 'picture-loss', senderSsrc: 1, mediaSsrc: 2 }),
	sample('FIR (PSFB 4)', '84ce0004 00000001 00000000 00000002 07000000', {
		type: 'full-intra-request',
		senderSsrc: 1,
		entries: [{ ssrc: 2, sequence: 7 }],
	}),
	// 125,000 × 2³.
	sample('REMB (PSFB 15, `REMB`)', '8fce0005 00000001 00000000 52454d42 010de848 00000002', {
		type: 'remb',
		senderSsrc: 1,
		bitrateBps: 1_000_000,
		ssrcs: [2],
	}),
];

function sample(row: string, hex: string, packet: RtcpPacket | undefined): RtcpSample {
	return { row, bytes: Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')), packet };
}
