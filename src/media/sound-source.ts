import type { SendSection } from '../negotiation/media-description.ts';
import { ByteRate } from '../relay/byte-rate.ts';
import { extensionByte, outboundHeaderLength, payloadTypeAt } from '../relay/outbound-packet.ts';
import { codecNamed } from '../rtp/codecs.ts';
import { createRtpHeader, parseRtpHeader, type RtpHeader } from '../rtp/packet.ts';
import { primaryBlock, type RedBlock, renameRedBlocks } from '../rtp/red.ts';
import { EngineSource, type EngineSourceOptions, MAX_PACKET_BYTES } from './engine-source.ts';
import type { Destination } from './fan-out.ts';

const opus = codecNamed('opus');
const redPayloadType = opus.redPayloadType ?? -1;

/** One packet on its way to the viewers, as it came and without its earlier blocks. Nothing in them outlasts a call. */
const scratch = new Uint8Array(MAX_PACKET_BYTES);
const plain = new Uint8Array(MAX_PACKET_BYTES);

/** One viewer of a sound. */
export class SoundViewer {
	readonly destination: Destination;
	#opus = -1;
	#red: number | undefined;

	constructor(destination: Destination) {
		this.destination = destination;
	}

	/**
	 * Takes over what was negotiated. RED goes only to viewers that call Opus by the server's own number, which is written in its
	 * blocks; the others get plain Opus.
	 */
	accept(section: SendSection): void {
		const { destination } = this;
		const { absSendTime } = section.extensions;
		destination.absSendTimeByte = absSendTime === undefined ? 0 : extensionByte(absSendTime);
		this.#opus = section.codecs.find((mapping) => mapping.codec === 'opus')?.payloadType ?? -1;
		this.#red = this.#opus === opus.payloadType ? section.redPayloadType : undefined;
	}

	get takesRed(): boolean {
		return this.#red !== undefined;
	}

	/** Names what the source sends to this viewer from now on. */
	setFormat(isRed: boolean): void {
		this.destination.payloadType = isRed && this.#red !== undefined ? this.#red : this.#opus;
	}
}

/** The sound of one publication. Nothing is kept of it: RED and Opus' own redundancy repair it sooner than a round trip would. */
export class SoundSource extends EngineSource {
	readonly kind = 'audio';
	readonly #rate = new ByteRate();
	readonly #viewers = new Set<SoundViewer>();
	readonly #header = createRtpHeader();
	readonly #block: RedBlock = { payloadType: 0, offset: 0, length: 0 };
	#isRed = false;
	#toRed: readonly Destination[] = [];
	#toPlain: readonly Destination[] = [];

	constructor(options: EngineSourceOptions) {
		super(options, 'opus');
	}

	subscribe(viewer: SoundViewer, section: SendSection): void {
		viewer.accept(section);
		viewer.setFormat(this.#isRed);
		this.#viewers.add(viewer);
		this.#sortViewers();
	}

	unsubscribe(viewer: SoundViewer): void {
		if (this.#viewers.delete(viewer)) this.#sortViewers();
	}

	/** Bits per second of what the source sends. */
	rateBps(nowMs: number): number {
		return 8 * this.#rate.lastSecond(nowMs);
	}

	/**
	 * Relays one decrypted packet to every viewer.
	 *
	 * @param feed the serial of the peer that sent it
	 * @returns false when the source's line does not take it (see SourceTrack.rewrite), or when it is RED that cannot be read
	 */
	relay(feed: number, packet: Uint8Array, header: RtpHeader, isRed: boolean, nowMs: number): boolean {
		const { track } = this;
		if (isRed && !primaryBlock(packet, header, this.#block)) return false;
		const payloadType = isRed ? redPayloadType : opus.payloadType;
		const length = track.rewrite(feed, packet, header, payloadType, opus.clockRate, nowMs, scratch);
		if (length === 0) return false;
		if (this.codec === undefined || isRed !== this.#isRed) this.#setFormat(isRed);
		this.feedSsrc = header.ssrc;
		this.#rate.add(length, nowMs);
		this.clock.packet(track.lastTimestamp, track.timestampLine, nowMs);
		const { extendedSequence } = track;
		if (!isRed) {
			this.fanOut.forward(this.#toPlain, scratch, length, extendedSequence);
			this.fanOut.forward(this.#toRed, scratch, length, extendedSequence);
			return true;
		}
		if (this.#toPlain.length > 0) this.fanOut.forward(this.#toPlain, plain, this.#withoutEarlierBlocks(length), extendedSequence);
		if (this.#block.payloadType !== opus.payloadType) renameRedBlocks(scratch, outboundHeaderLength, opus.payloadType);
		this.fanOut.forward(this.#toRed, scratch, length, extendedSequence);
		return true;
	}

	/** Makes `plain` of `scratch`. Returns its length. */
	#withoutEarlierBlocks(length: number): number {
		plain.set(scratch.subarray(0, outboundHeaderLength));
		plain[payloadTypeAt] = ((scratch[payloadTypeAt] ?? 0) & 0x80) | opus.payloadType;
		if (!parseRtpHeader(scratch, length, this.#header) || !primaryBlock(scratch, this.#header, this.#block)) return outboundHeaderLength;
		const { offset, length: blockLength } = this.#block;
		plain.set(scratch.subarray(offset, offset + blockLength), outboundHeaderLength);
		return outboundHeaderLength + blockLength;
	}

	#setFormat(isRed: boolean): void {
		this.codec = 'opus';
		this.#isRed = isRed;
		for (const viewer of this.#viewers) viewer.setFormat(isRed);
	}

	#sortViewers(): void {
		const destinationsOf = (takesRed: boolean): Destination[] =>
			[...this.#viewers].filter((viewer) => viewer.takesRed === takesRed).map((viewer) => viewer.destination);
		this.#toRed = destinationsOf(true);
		this.#toPlain = destinationsOf(false);
	}
}
