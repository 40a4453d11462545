import { parseRtcp, writeRtcp } from '../../rtcp/compound.ts';
import { isKeyframeStart } from '../../rtp/keyframe.ts';
import { createRtpHeader, parseRtpHeader } from '../../rtp/packet.ts';
import { RTX_OVERHEAD_BYTES, unwrapRetransmission, wrapRetransmission } from '../../rtp/retransmission.ts';
import { JoinBurst, NOTHING_NOW } from '../join-burst.ts';
import { NackGenerator } from '../nack-generator.ts';
import { outboundHeaderLength, writeSequence } from '../outbound-packet.ts';
import { KEYFRAME_START, PacketCache, videoCacheLimits } from '../packet-cache.ts';
import { NOT_SENT, Retransmitter } from '../retransmitter.ts';
import { Sink } from '../sink.ts';
import { SourceTrack } from '../source-track.ts';
import { ModelBroadcaster, RTX_SSRC, RTX_TYPE, VIDEO_SSRC, VIDEO_TYPE } from './model-broadcaster.ts';
import { ModelViewer, type ProtectedPacket } from './model-viewer.ts';
import type { LinkQuality, VirtualLink } from './virtual-link.ts';
import { VirtualNetwork } from './virtual-network.ts';

const FEED = 1;
const TICK_MS = 25;
/** What a viewer's round trip is longer than the network's. */
const PROCESSING_MS = 5;

interface SceneViewer {
	readonly model: ModelViewer;
	readonly sink: Sink;
	readonly burst: JoinBurst;
	readonly retransmitter: Retransmitter;
	readonly downlink: VirtualLink<ProtectedPacket>;
	readonly usesRtx: boolean;
}

export interface SceneOptions {
	readonly seed?: number;
	/** The broadcaster's first sequence number, and the first of the source's line. */
	readonly firstSequence?: number;
	readonly firstOutbound?: number;
	readonly uplink: LinkQuality;
}

/** A broadcaster, a server made of this folder's parts, and viewers, over links of any quality. */
export class RelayScene {
	readonly network: VirtualNetwork;
	readonly broadcaster: ModelBroadcaster;
	readonly viewers: SceneViewer[] = [];
	readonly generator = new NackGenerator();
	readonly cache = new PacketCache(videoCacheLimits);
	/** Most packets that were ever outstanding on the uplink, and most bytes in the cache. */
	mostOutstanding = 0;
	mostBytes = 0;
	readonly #track: SourceTrack;
	readonly #header = createRtpHeader();
	readonly #out = new Uint8Array(1500);
	readonly #toBroadcaster: VirtualLink<Uint8Array>;

	constructor({ seed = 1, firstSequence = 0, firstOutbound = 1000, uplink }: SceneOptions) {
		this.network = new VirtualNetwork(seed);
		const fromBroadcaster = this.network.link<Uint8Array>(uplink, (packet) => this.#receive(packet));
		this.broadcaster = new ModelBroadcaster(this.network, fromBroadcaster, firstSequence);
		this.#toBroadcaster = this.network.link<Uint8Array>(uplink, (bytes) => this.broadcaster.receiveRtcp(bytes));
		const lines = { firstSequence: firstOutbound, firstTimestamp: 0xffffff00 };
		this.#track = new SourceTrack({ kind: 'video', ssrc: VIDEO_SSRC, absSendTimeId: 3, ...lines });
		this.#track.attach(FEED);
		this.network.every(TICK_MS, () => {
			this.#tick();
			return true;
		});
	}

	/** A viewer joins now, by a burst if there is one to be had. */
	join(quality: LinkQuality, usesRtx = true): SceneViewer {
		const downlink = this.network.link<ProtectedPacket>(quality, (packet) => viewer.model.receive(packet));
		const feedback = this.network.link<Uint8Array>(quality, (bytes) => this.#receiveFeedback(viewer, bytes));
		const sink = new Sink();
		const viewer: SceneViewer = {
			model: new ModelViewer(this.network, feedback),
			sink,
			burst: new JoinBurst(this.cache, sink),
			retransmitter: new Retransmitter(sink, this.cache, 65_000),
			downlink,
			usesRtx,
		};
		viewer.model.roundTripMs = 2 * (quality.delayMs ?? 0) + (quality.jitterMs ?? 0) + PROCESSING_MS;
		this.viewers.push(viewer);
		if (viewer.burst.start(this.network.nowMs)) this.#drain(viewer);
		else this.#askKeyframe();
		return viewer;
	}

	#receive(packet: Uint8Array): void {
		const header = this.#header;
		const { nowMs } = this.network;
		if (!parseRtpHeader(packet, packet.length, header)) throw new Error('the broadcaster sent a malformed packet');
		if (header.ssrc === RTX_SSRC && !unwrapRetransmission(packet, header, VIDEO_TYPE, VIDEO_SSRC)) return;
		this.generator.packet(header.sequenceNumber, nowMs);
		this.mostOutstanding = Math.max(this.mostOutstanding, this.generator.outstanding);
		const isStart = isKeyframeStart('VP8', packet, header.payloadOffset, header.payloadLength);
		if (isStart) this.generator.keyframe(header.sequenceNumber);
		const length = this.#track.rewrite(FEED, packet, header, VIDEO_TYPE, 90_000, nowMs, this.#out);
		if (length === 0) return;
		const number = this.#track.extendedSequence;
		this.cache.store(number, this.#out, length, isStart ? KEYFRAME_START : 0, nowMs);
		this.mostBytes = Math.max(this.mostBytes, this.cache.allocatedBytes);
		for (const viewer of this.viewers) if (!viewer.burst.covers(number)) this.#send(viewer, number);
		this.#ask();
	}

	#send(viewer: SceneViewer, number: number): void {
		const kept = this.cache.get(number);
		if (kept === undefined || !viewer.sink.place(number)) return;
		if (number < viewer.sink.newest) viewer.retransmitter.sentLate(this.network.nowMs);
		viewer.burst.squeeze.patch(number, kept.bytes);
		viewer.retransmitter.media(kept.length, this.network.nowMs);
		this.#sendPlain(viewer, kept.bytes, kept.length);
	}

	#sendPlain({ sink, downlink }: SceneViewer, bytes: Uint8Array, length: number): void {
		writeSequence(bytes, sink.sequence);
		downlink.send({ bytes: bytes.slice(0, length), index: sink.rollover * 0x10000 + sink.sequence }, length);
	}

	#receiveFeedback(viewer: SceneViewer, bytes: Uint8Array): void {
		for (const packet of parseRtcp(bytes, bytes.length)) {
			if (packet.type === 'picture-loss') this.#askKeyframe();
			if (packet.type !== 'generic-nack') continue;
			for (const sequence of packet.sequences) {
				const number = viewer.retransmitter.answer(sequence, viewer.model.roundTripMs, this.network.nowMs);
				const kept = number === NOT_SENT ? undefined : this.cache.get(number);
				if (kept === undefined) continue;
				viewer.burst.squeeze.patch(number, kept.bytes);
				if (viewer.usesRtx) this.#sendRtx(viewer, kept.bytes, kept.length);
				else this.#sendPlain(viewer, kept.bytes, kept.length);
			}
		}
	}

	#sendRtx({ sink, retransmitter, downlink }: SceneViewer, packet: Uint8Array, length: number): void {
		retransmitter.nextRtx();
		const { rtxSequence, rtxRollover } = retransmitter;
		const bytes = new Uint8Array(length + RTX_OVERHEAD_BYTES);
		wrapRetransmission(packet, outboundHeaderLength, length, RTX_TYPE, RTX_SSRC, rtxSequence, sink.sequence, bytes);
		downlink.send({ bytes, index: rtxRollover * 0x10000 + rtxSequence }, bytes.length);
	}

	#tick(): void {
		this.#ask();
		if (this.generator.takeLostForGood()) this.#askKeyframe();
		for (const viewer of this.viewers) this.#drain(viewer);
		this.cache.release(this.network.nowMs);
	}

	#drain(viewer: SceneViewer): void {
		const { nowMs } = this.network;
		for (let next = viewer.burst.next(nowMs); next !== NOTHING_NOW; next = viewer.burst.next(nowMs)) this.#send(viewer, next);
	}

	#ask(): void {
		const sequences = this.generator.due(this.network.nowMs);
		if (sequences.length === 0) return;
		const bytes = writeRtcp([{ type: 'generic-nack', senderSsrc: 9, mediaSsrc: VIDEO_SSRC, sequences }]);
		this.#toBroadcaster.send(bytes, bytes.length);
	}

	#askKeyframe(): void {
		this.#toBroadcaster.send(writeRtcp([{ type: 'picture-loss', senderSsrc: 9, mediaSsrc: VIDEO_SSRC }]), 50);
	}
}
