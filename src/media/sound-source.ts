import type { SendSection } from '../negotiation/media-description.ts';
import { EarlierPackets } from '../relay/earlier-packets.ts';
import { absSendTimeAt, extensionByte, outboundHeaderLength, payloadTypeAt } from '../relay/outbound-packet.ts';
import { readTimestamp } from '../relay/timestamp-squeeze.ts';
import { codecNamed } from '../rtp/codecs.ts';
import { writeAbsSendTime } from '../rtp/header-extension.ts';
import { createRtpHeader, parseRtpHeader, type RtpHeader } from '../rtp/packet.ts';
import { primaryBlock, type RedBlock, renameRedBlocks } from '../rtp/red.ts';
import { EngineSource, type EngineSourceOptions, MAX_PACKET_BYTES } from './engine-source.ts';
import type { Destination } from './fan-out.ts';
import type { MirrorMessage } from './mirror.ts';

const opus = codecNamed('opus');
const redPayloadType = opus.redPayloadType ?? -1;

/** One packet on its way to the viewers, as it came and without its earlier blocks. Nothing in them outlasts a call. */
const scratch = new Uint8Array(MAX_PACKET_BYTES);
const plain = new Uint8Array(MAX_PACKET_BYTES);

/**
 * Packets of sound after which one is sent again to viewers that lose many, byte for byte: RED makes up for one packet lost in a row, and
 * Opus for the next at a price. 40 ms later a burst has mostly passed, and a jitter buffer still has use for it.
 */
const REPEATED_AFTER = 2;

/** One viewer of a sound. */
export class SoundViewer {
	readonly destination: Destination;
	/** So much is lost on the way that the sound is sent twice; set by `SoundSource.setRepeats`. */
	repeats = false;
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

/**
 * The sound of one publication. No more is kept of it than three packets, for viewers with much loss: RED, repeats and Opus' own redundancy
 * repair it sooner than a round trip would.
 */
export class SoundSource extends EngineSource {
	readonly kind = 'audio';
	readonly #viewers = new Set<SoundViewer>();
	readonly #header = createRtpHeader();
	readonly #block: RedBlock = { payloadType: 0, offset: 0, length: 0 };
	#isRed = false;
	readonly #earlierRed = new EarlierPackets(REPEATED_AFTER);
	readonly #earlierPlain = new EarlierPackets(REPEATED_AFTER);
	#toRed: readonly Destination[] = [];
	#toPlain: readonly Destination[] = [];
	#redTwice: readonly Destination[] = [];
	#plainTwice: readonly Destination[] = [];

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

	/** Whether the viewer is sent everything twice from now on. */
	setRepeats(viewer: SoundViewer, repeats: boolean): void {
		if (viewer.repeats === repeats) return;
		viewer.repeats = repeats;
		this.#sortViewers();
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
		this.feedSsrc = header.ssrc;
		const { extendedSequence, timestampLine } = track;
		if (!this.mirrors.isEmpty) {
			this.mirrors.send({ type: 'sound', packet: scratch.slice(0, length), extendedSequence, isRed, timestampLine });
		}
		this.#distribute(length, extendedSequence, timestampLine, isRed, nowMs);
		return true;
	}

	/** Relays a packet that the publication's home has rewritten. */
	relayMirrored(message: Extract<MirrorMessage, { type: 'sound' }>, nowMs: number): void {
		const { packet, extendedSequence, isRed, timestampLine } = message;
		scratch.set(packet);
		// The home's clock is another thread's.
		writeAbsSendTime(scratch, absSendTimeAt, nowMs);
		if (isRed && !(parseRtpHeader(scratch, packet.length, this.#header) && primaryBlock(scratch, this.#header, this.#block))) return;
		this.#distribute(packet.length, extendedSequence, timestampLine, isRed, nowMs);
	}

	/** What lies in `scratch`, with its primary block in `#block` where it is RED. */
	#distribute(length: number, extendedSequence: number, timestampLine: number, isRed: boolean, nowMs: number): void {
		if (this.codec === undefined || isRed !== this.#isRed) this.#setFormat(isRed);
		this.clock.packet(readTimestamp(scratch), timestampLine, nowMs);
		if (!isRed) {
			// Who takes RED is sent Opus as it is too: this source has nothing else now.
			this.#forward(this.#toPlain, this.#plainTwice, this.#earlierPlain, scratch, length, extendedSequence);
			this.#forward(this.#toRed, this.#redTwice, this.#earlierRed, scratch, length, extendedSequence);
			return;
		}
		if (this.#toPlain.length > 0) {
			const plainLength = this.#withoutEarlierBlocks(length);
			this.#forward(this.#toPlain, this.#plainTwice, this.#earlierPlain, plain, plainLength, extendedSequence);
		}
		if (this.#block.payloadType !== opus.payloadType) renameRedBlocks(scratch, outboundHeaderLength, opus.payloadType);
		this.#forward(this.#toRed, this.#redTwice, this.#earlierRed, scratch, length, extendedSequence);
	}

	/** Sends a packet to all, and an earlier one once more to those that are sent everything twice. */
	#forward(
		all: readonly Destination[],
		twice: readonly Destination[],
		earlier: EarlierPackets,
		packet: Uint8Array,
		length: number,
		extendedSequence: number,
	): void {
		const again = twice.length === 0 ? undefined : earlier.push(packet, length, extendedSequence);
		this.fanOut.forward(all, packet, length, extendedSequence);
		if (again !== undefined) this.fanOut.forward(twice, again.bytes, again.length, again.extendedSequence);
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
		this.#forgetEarlier();
	}

	#sortViewers(): void {
		const destinationsOf = (takesRed: boolean, twiceOnly: boolean): Destination[] =>
			[...this.#viewers]
				.filter((viewer) => viewer.takesRed === takesRed && (viewer.repeats || !twiceOnly))
				.map((viewer) => viewer.destination);
		this.#toRed = destinationsOf(true, false);
		this.#toPlain = destinationsOf(false, false);
		this.#redTwice = destinationsOf(true, true);
		this.#plainTwice = destinationsOf(false, true);
		this.#forgetEarlier();
	}

	/** What was sent in another form must not be sent again in this: one SRTP index would cover two packets. */
	#forgetEarlier(): void {
		this.#earlierRed.clear();
		this.#earlierPlain.clear();
	}
}
