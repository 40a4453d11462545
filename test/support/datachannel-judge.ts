import type { DataChannelPeer, MediaKind } from './datachannel-peer.ts';
import type { RtpPacket } from './datachannel-rtp.ts';
import type { LiveSource, SentPacket } from './datachannel-source.ts';
import { until } from './until.ts';

export interface Verdict {
	/** Index of the sent packet that was received first, -1 when nothing of it came. */
	readonly from: number;
	readonly received: number;
	/** What was not as it should be, the first few; none when every packet from the first on came, in order and unchanged. */
	readonly problems: readonly string[];
}

const problemsTold = 5;
const arrivalWithinMs = 3000;

/**
 * Compares what one viewer received of one source with what was sent: the same payloads and marker bits in the same order from the
 * first received to the last sent, one SSRC, one sequence line without a gap, timestamps as far apart as they were sent. Those of the
 * packets that a viewer is given when it joins are closer together, but as many.
 */
export function judgeLine(sent: readonly SentPacket[], received: readonly RtpPacket[]): Verdict {
	const first = received[0];
	if (first === undefined) return { from: -1, received: 0, problems: sent.length > 0 ? ['nothing was received'] : [] };
	const candidates = sent.flatMap((packet, index) => (packet.payload.equals(first.payload) ? [index] : []));
	// Parameter sets repeat: the right beginning is the one that goes on well.
	const verdicts = candidates.map((from) => ({ from, received: received.length, problems: compare(sent.slice(from), received) }));
	const best = verdicts.find((verdict) => verdict.problems.length === 0) ?? verdicts[0];
	return best ?? { from: -1, received: received.length, problems: ['the first packet was never sent'] };
}

function compare(sent: readonly SentPacket[], received: readonly RtpPacket[]): string[] {
	const problems: string[] = [];
	let isCatchingUp = true;
	for (let index = 0; index < Math.max(sent.length, received.length) && problems.length < problemsTold; index += 1) {
		const original = sent[index];
		const packet = received[index];
		if (original === undefined || packet === undefined) {
			problems.push(`${received.length} packets were received of ${sent.length}`);
			break;
		}
		const before = received[index - 1];
		const originalBefore = sent[index - 1];
		const where = `packet ${index} (sent as ${original.sequence}, received as ${packet.sequence})`;
		if (!packet.payload.equals(original.payload)) {
			problems.push(`${where}: another payload`);
			break;
		}
		if (packet.marker !== original.marker) problems.push(`${where}: marker ${packet.marker}`);
		if (before === undefined || originalBefore === undefined) continue;
		if (packet.ssrc !== before.ssrc) problems.push(`${where}: SSRC ${packet.ssrc} after ${before.ssrc}`);
		if (packet.sequence !== ((before.sequence + 1) & 0xffff)) problems.push(`${where}: after ${before.sequence}`);
		const step = (original.timestamp - originalBefore.timestamp) >>> 0;
		const stepHere = (packet.timestamp - before.timestamp) >>> 0;
		if (step > 0 && stepHere === step) isCatchingUp = false;
		if (stepHere !== step && !(isCatchingUp && stepHere > 0 && stepHere < step))
			problems.push(`${where}: timestamp ${before.timestamp} to ${packet.timestamp}`);
	}
	return problems;
}

/** Waits for the last packet of a stopped source at a viewer and judges the line. `ssrc` tells which of several sources is meant. */
export async function judgeKind(
	kind: MediaKind,
	source: LiveSource,
	viewer: DataChannelPeer,
	ssrc: number = viewer.offeredSsrc(kind),
): Promise<Verdict> {
	const last = source.sent[kind].at(-1);
	const arrived = (): boolean => last === undefined || viewer.packetsOf(ssrc).some((packet) => packet.payload.equals(last.payload));
	// What has not come by then is missing, and the verdict says what.
	await until('the last packet', arrivalWithinMs, arrived).catch(() => undefined);
	return judgeLine(source.sent[kind], viewer.packetsOf(ssrc));
}

/** Both lines of a stopped source at a viewer that receives no other. */
export async function judge(source: LiveSource, viewer: DataChannelPeer): Promise<Record<MediaKind, Verdict>> {
	return { video: await judgeKind('video', source, viewer), audio: await judgeKind('audio', source, viewer) };
}

/** Matches what {@link judge} finds when every packet came, from the very first on. */
export const wholeSource = { video: { from: 0, problems: [] }, audio: { from: 0, problems: [] } } as const;
