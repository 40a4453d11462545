import { ntpFromMs } from '../rtcp/ntp.ts';
import type { Reception } from './downlink.ts';
import type { EnginePeer } from './engine-peer.ts';
import { SENDER_REPORT_INTERVAL_MS } from './media-limits.ts';
import type { RtcpWriter } from './rtcp-writer.ts';

/** Sends each viewer the sender reports of its sources (RFC 3550, section 6.4.1), by which it keeps sound and picture in step. */
export class SenderReporter {
	readonly #rtcp: RtcpWriter;

	constructor(rtcp: RtcpWriter) {
		this.#rtcp = rtcp;
	}

	/** The reports of all sources, once a second for each viewer. */
	reportDue(peer: EnginePeer, nowMs: number): void {
		if (nowMs < peer.nextSenderReportMs) return;
		peer.nextSenderReportMs = nowMs + SENDER_REPORT_INTERVAL_MS;
		for (const reception of peer.downlink.receptions) this.reportTo(peer, reception, nowMs);
	}

	/** One source's report now; nothing while nobody has fed the source. */
	reportTo(peer: EnginePeer, { source, viewer }: Reception, nowMs: number): void {
		const { ssrc, cname, clock } = source;
		const rtpTimestamp = clock.timestampAt(nowMs);
		if (rtpTimestamp === undefined) return;
		this.#rtcp.send(peer, [
			{
				type: 'sender-report',
				ssrc,
				ntp: ntpFromMs(performance.timeOrigin + nowMs),
				rtpTimestamp,
				packetCount: viewer.destination.packetsSent,
				octetCount: viewer.destination.octetsSent,
				reports: [],
			},
			{ type: 'source-description', chunks: [{ ssrc, cname }] },
		]);
	}
}
