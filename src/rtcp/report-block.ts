/**
 * A reception report block (RFC 3550, section 6.4.1), common to sender and receiver reports.
 *
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                 SSRC_n (the source reported on)               |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    | fraction lost |       cumulative number of packets lost       |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |           extended highest sequence number received           |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                      interarrival jitter                      |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                         last SR (LSR)                         |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                   delay since last SR (DLSR)                  |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const REPORT_BLOCK_BYTES = 24;
/** The report count has five bits. */
export const MAX_REPORT_BLOCKS = 31;

export interface ReportBlock {
	readonly ssrc: number;
	/** Since the last report, in 1/256. */
	readonly fractionLost: number;
	/** Since the start, signed 24 bits: duplicates make it negative. Written clamped to its range. */
	readonly cumulativeLost: number;
	/** Cycles in the high 16 bits, the highest sequence number in the low 16. */
	readonly highestSequence: number;
	/** RTP ticks. */
	readonly jitterTicks: number;
	/** Middle 32 bits of the last sender report's NTP time, 0 when there was none. */
	readonly lastSenderReport: number;
	/** 1/65536 s. */
	readonly delaySinceLast: number;
}

/** Reads `count` blocks, or undefined when there is no room for them. */
export function readReportBlocks(body: DataView, offset: number, count: number): readonly ReportBlock[] | undefined {
	if (offset + count * REPORT_BLOCK_BYTES > body.byteLength) return undefined;
	const blocks: ReportBlock[] = [];
	for (let i = 0; i < count; i++) {
		const at = offset + i * REPORT_BLOCK_BYTES;
		blocks.push({
			ssrc: body.getUint32(at),
			fractionLost: body.getUint8(at + 4),
			cumulativeLost: (body.getInt32(at + 4) << 8) >> 8,
			highestSequence: body.getUint32(at + 8),
			jitterTicks: body.getUint32(at + 12),
			lastSenderReport: body.getUint32(at + 16),
			delaySinceLast: body.getUint32(at + 20),
		});
	}
	return blocks;
}

export function writeReportBlocks(body: DataView, offset: number, blocks: readonly ReportBlock[]): void {
	blocks.forEach((block, i) => {
		const at = offset + i * REPORT_BLOCK_BYTES;
		const lost = Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost));
		body.setUint32(at, block.ssrc);
		body.setUint32(at + 4, ((block.fractionLost & 0xff) << 24) | (lost & 0xffffff));
		body.setUint32(at + 8, block.highestSequence);
		body.setUint32(at + 12, block.jitterTicks);
		body.setUint32(at + 16, block.lastSenderReport);
		body.setUint32(at + 20, block.delaySinceLast);
	});
}
