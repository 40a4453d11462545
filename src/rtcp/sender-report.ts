/**
 * Sender report (RFC 3550, section 6.4.1), packet type 200, count = number of report blocks.
 *
 *    |                        SSRC of sender                         |
 *    |              NTP timestamp, most significant word             |
 *    |             NTP timestamp, least significant word             |
 *    |                         RTP timestamp                         |
 *    |                     sender's packet count                     |
 *    |                      sender's octet count                     |
 *    |                        report blocks …                        |
 */
import { allocateRtcp, type RtcpFrame, SENDER_REPORT } from './header.ts';
import type { NtpTime } from './ntp.ts';
import { REPORT_BLOCK_BYTES, type ReportBlock, readReportBlocks, writeReportBlocks } from './report-block.ts';

const FIXED_BYTES = 24;

export interface SenderReport {
	readonly type: 'sender-report';
	readonly ssrc: number;
	readonly ntp: NtpTime;
	/** The same instant as `ntp`, on the stream's RTP clock. */
	readonly rtpTimestamp: number;
	readonly packetCount: number;
	/** Payload bytes without headers and padding. */
	readonly octetCount: number;
	readonly reports: readonly ReportBlock[];
}

export function readSenderReport({ body, count }: RtcpFrame): SenderReport | undefined {
	if (body.byteLength < FIXED_BYTES) return undefined;
	const reports = readReportBlocks(body, FIXED_BYTES, count);
	if (reports === undefined) return undefined;
	return {
		type: 'sender-report',
		ssrc: body.getUint32(0),
		ntp: { seconds: body.getUint32(4), fraction: body.getUint32(8) },
		rtpTimestamp: body.getUint32(12),
		packetCount: body.getUint32(16),
		octetCount: body.getUint32(20),
		reports,
	};
}

/** Counts are written modulo 2^32. @throws RangeError on more than 31 report blocks */
export function writeSenderReport(report: SenderReport): Uint8Array {
	const length = FIXED_BYTES + report.reports.length * REPORT_BLOCK_BYTES;
	const { packet, body } = allocateRtcp(SENDER_REPORT, report.reports.length, length);
	body.setUint32(0, report.ssrc);
	body.setUint32(4, report.ntp.seconds);
	body.setUint32(8, report.ntp.fraction);
	body.setUint32(12, report.rtpTimestamp);
	body.setUint32(16, report.packetCount);
	body.setUint32(20, report.octetCount);
	writeReportBlocks(body, FIXED_BYTES, report.reports);
	return packet;
}
