import type { ReceiveSection } from '../negotiation/media-description.ts';
import { ReceiveRouter } from '../relay/receive-router.ts';
import { RECEIVER_REPORT_INTERVAL_MS, ReceiverStats } from '../relay/receiver-stats.ts';
import { TransportCcRecorder } from '../relay/transport-cc-recorder.ts';
import { writeRtcp } from '../rtcp/compound.ts';
import { middle32 } from '../rtcp/ntp.ts';
import { MAX_REPORT_BLOCKS, type ReportBlock } from '../rtcp/report-block.ts';
import type { SenderReport } from '../rtcp/sender-report.ts';
import { codecNamed } from '../rtp/codecs.ts';
import { type ExtensionElement, findExtension, readTransportSequence } from '../rtp/header-extension.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import { UplinkSection } from './uplink-section.ts';

/**
 * Streams of one peer that reports are made for: as many as one receiver report can hold. A browser sends two or three; those of a
 * peer that sends more are relayed without reports.
 */
const MAX_REPORTED_STREAMS = MAX_REPORT_BLOCKS;

const NOTHING: readonly Uint8Array[] = [];

/** What one peer sends: which section each packet belongs to, and what the peer must hear about its arrival. */
export class Uplink {
	readonly #senderSsrc: number;
	readonly #router = new ReceiveRouter<UplinkSection>();
	readonly #transportCc: TransportCcRecorder;
	readonly #stats = new Map<number, ReceiverStats>();
	readonly #element: ExtensionElement = { offset: 0, length: 0 };
	#sections: readonly UplinkSection[] = [];
	#nextReportMs = Number.POSITIVE_INFINITY;
	/** The worst of the last report: 0 to 1, and milliseconds. */
	fractionLost = 0;
	jitterMs = 0;

	/** @param senderSsrc the server's own SSRC in RTCP towards this peer */
	constructor(senderSsrc: number) {
		this.#senderSsrc = senderSsrc;
		this.#transportCc = new TransportCcRecorder(senderSsrc);
	}

	get isUsed(): boolean {
		return this.#stats.size > 0;
	}

	/** By how soon requests for missing packets are answered; an assumed 100 ms until one was. Undefined where none can be made. */
	get roundTripMs(): number | undefined {
		return this.#sections.find(({ nack }) => nack?.responseTime.meanMs !== undefined)?.nack?.responseTime.meanMs;
	}

	get sections(): readonly UplinkSection[] {
		return this.#sections;
	}

	describe(sections: readonly ReceiveSection[]): void {
		const before = this.#sections;
		this.#sections = sections.map((section) => {
			const continued = before.find(({ mid, publicationId }) => mid === section.mid && publicationId === section.publicationId);
			return new UplinkSection(section, continued);
		});
		this.#router.describe(this.#sections);
	}

	/** The section of a decrypted packet, after noting its arrival; undefined for a packet that fits none. */
	receive(packet: Uint8Array, header: RtpHeader, nowMs: number): UplinkSection | undefined {
		const section = this.#router.route(header, packet);
		if (section === undefined) return undefined;
		const { transportCc } = section.extensions;
		if (transportCc !== undefined && findExtension(packet, header, transportCc, this.#element)) {
			const sequence = readTransportSequence(packet, this.#element);
			if (sequence >= 0) this.#transportCc.record(sequence, header.ssrc, nowMs);
		}
		const clockRate = codecNamed(section.kind === 'video' ? 'VP8' : 'opus').clockRate;
		this.#statsOf(header.ssrc, nowMs)?.packet(header.sequenceNumber, header.timestamp, clockRate, nowMs);
		return section;
	}

	/** The section that a sender report speaks of; its time goes into the next receiver report. */
	senderReport(report: SenderReport, nowMs: number): UplinkSection | undefined {
		this.#stats.get(report.ssrc)?.senderReport(middle32(report.ntp), nowMs);
		return this.#router.sectionOf(report.ssrc);
	}

	/** Feedback that is due: one compound for each datagram, to be protected. */
	feedback(nowMs: number): readonly Uint8Array[] {
		let compounds: Uint8Array[] | undefined;
		for (const { nack, ssrc } of this.#sections) {
			if (nack === undefined || ssrc === undefined || nowMs < nack.nextMs) continue;
			compounds ??= [];
			for (let sequences = nack.due(nowMs); sequences.length > 0; sequences = nack.due(nowMs)) {
				compounds.push(writeRtcp([{ type: 'generic-nack', senderSsrc: this.#senderSsrc, mediaSsrc: ssrc, sequences }]));
			}
		}
		while (nowMs >= this.#transportCc.nextMs) {
			const bytes = this.#transportCc.build(nowMs);
			if (bytes === undefined) break;
			compounds ??= [];
			compounds.push(bytes);
		}
		if (nowMs >= this.#nextReportMs) {
			this.#nextReportMs = nowMs + RECEIVER_REPORT_INTERVAL_MS;
			compounds ??= [];
			compounds.push(writeRtcp([{ type: 'receiver-report', ssrc: this.#senderSsrc, reports: this.#reports(nowMs) }]));
		}
		return compounds ?? NOTHING;
	}

	#reports(nowMs: number): ReportBlock[] {
		const reports: ReportBlock[] = [];
		for (const stats of this.#stats.values()) {
			const report = stats.report(nowMs);
			if (report !== undefined) reports.push(report);
		}
		this.fractionLost = Math.max(0, ...reports.map((report) => report.fractionLost / 256));
		const pictures = reports.filter((report) => this.#router.sectionOf(report.ssrc)?.kind === 'video');
		this.jitterMs = Math.max(0, ...pictures.map((report) => report.jitterTicks / 90));
		return reports;
	}

	#statsOf(ssrc: number, nowMs: number): ReceiverStats | undefined {
		const known = this.#stats.get(ssrc);
		if (known !== undefined) return known;
		if (this.#stats.size >= MAX_REPORTED_STREAMS) return undefined;
		if (this.#stats.size === 0) this.#nextReportMs = nowMs + RECEIVER_REPORT_INTERVAL_MS;
		const stats = new ReceiverStats(ssrc);
		this.#stats.set(ssrc, stats);
		return stats;
	}
}
