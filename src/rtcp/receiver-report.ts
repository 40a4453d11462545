/**
 * Receiver report (RFC 3550, section 6.4.2), packet type 201, count = number of report blocks.
 *
 *    |                     SSRC of packet sender                     |
 *    |                        report blocks …                        |
 */
import { allocateRtcp, RECEIVER_REPORT, type RtcpFrame } from './header.ts';
import { REPORT_BLOCK_BYTES, type ReportBlock, readReportBlocks, writeReportBlocks } from './report-block.ts';

const FIXED_BYTES = 4;

export interface ReceiverReport {
	readonly type: 'receiver-report';
	readonly ssrc: number;
	readonly reports: readonly ReportBlock[];
}

export function readReceiverReport({ body, count }: RtcpFrame): ReceiverReport | undefined {
	if (body.byteLength < FIXED_BYTES) return undefined;
	const reports = readReportBlocks(body, FIXED_BYTES, count);
	return reports === undefined ? undefined : { type: 'receiver-report', ssrc: body.getUint32(0), reports };
}

/** @throws RangeError on more than 31 report blocks */
export function writeReceiverReport(report: ReceiverReport): Uint8Array {
	const length = FIXED_BYTES + report.reports.length * REPORT_BLOCK_BYTES;
	const { packet, body } = allocateRtcp(RECEIVER_REPORT, report.reports.length, length);
	body.setUint32(0, report.ssrc);
	writeReportBlocks(body, FIXED_BYTES, report.reports);
	return packet;
}
