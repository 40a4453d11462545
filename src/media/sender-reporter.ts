import { ntpFromMs } from '../rtcp/ntp.ts';
import type { EnginePeer } from './engine-peer.ts';
import type { EngineSource } from './engine-source.ts';
import { SENDER_REPORT_INTERVAL_MS } from './media-limits.ts';
import type { RtcpWriter } from './rtcp-writer.ts';

/** Sends each viewer the sender reports of its sources (RFC 3550, section 6.4.1), by which it keeps sound and picture in step. */
export class SenderReporter {
	readonly #rtcp: RtcpWriter;
	readonly #nextMs = new WeakMap<EnginePeer, number>();

	constructor(rtcp: RtcpWriter) {
		this.#rtcp = rtcp;
	}

	/** The reports of all sources, once a second for each viewer. */
	reportDue(peer: EnginePeer, nowMs: number): void {
		if (nowMs < (this.#nextMs.get(peer) ?? 0)) return;
		this.#nextMs.set(peer, nowMs + SENDER_REPORT_INTERVAL_MS);
		for (const source of peer.downlink.subscriptions.keys()) this.reportTo(peer, source, nowMs);
	}

	/** One source's report now; nothing while nobody has fed the source. */
	reportTo(peer: EnginePeer, source: EngineSource, nowMs: number): void {
		const destination = peer.downlink.subscriptions.get(source)?.destination;
		const rtpTimestamp = source.clock.timestampAt(nowMs);
		if (destination === undefined || rtpTimestamp === undefined) return;
		const { ssrc, cname } = source;
		this.#rtcp.send(peer, [
			{
				type: 'sender-report',
				ssrc,
				ntp: ntpFromMs(performance.timeOrigin + nowMs),
				rtpTimestamp,
				packetCount: destination.packetsSent,
				octetCount: destination.octetsSent,
				reports: [],
			},
			{ type: 'source-description', chunks: [{ ssrc, cname }] },
		]);
	}
}
