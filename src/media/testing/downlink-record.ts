import { parseRtcp, type RtcpPacket } from '../../rtcp/compound.ts';
import { createRtpHeader, parseProtectedRtpHeader, parseRtpHeader } from '../../rtp/packet.ts';
import { createTransform } from '../../srtp/create-transform.ts';
import { SRTP_PROFILES, type SrtpProfile } from '../../srtp/profile.ts';
import { estimateIndex } from '../../srtp/rollover.ts';
import { SrtpReceiver } from '../../srtp/srtp-receiver.ts';
import type { SrtpTransform } from '../../srtp/transform.ts';

/** An RTP packet that a viewer got, decrypted. */
export interface ViewedPacket {
	readonly ssrc: number;
	/** Roll-over counter × 65,536 + sequence number: what the packet was encrypted under. */
	readonly index: number;
	readonly payloadType: number;
	readonly timestamp: number;
	readonly payload: Uint8Array;
	/** The very same bytes came before. */
	readonly isRepeat: boolean;
}

const CYCLE = 0x10000;

/**
 * Everything that the server sent to one viewer under one key. What breaks the rules of SRTP is an offence: one (SSRC, index) with two
 * different packets, or an index that a receiver (RFC 3711, section 3.3.1) takes for another.
 */
export class DownlinkRecord {
	readonly packets: ViewedPacket[] = [];
	readonly rtcp: RtcpPacket[] = [];
	readonly offences: string[] = [];
	readonly #tagLength: number;
	readonly #transform: SrtpTransform;
	readonly #rtcpReceiver: SrtpReceiver;
	readonly #streams = new Map<number, { highest: number; readonly seen: Map<number, Uint8Array> }>();
	readonly #header = createRtpHeader();
	readonly #plain = new Uint8Array(2048);

	constructor(profile: SrtpProfile, key: Uint8Array, salt: Uint8Array) {
		this.#tagLength = SRTP_PROFILES[profile].tagLength;
		this.#transform = createTransform(profile, key, salt);
		this.#rtcpReceiver = new SrtpReceiver(profile, key, salt);
	}

	receive(datagram: Uint8Array): void {
		const isRtcp = (datagram[1] ?? 0) >= 192 && (datagram[1] ?? 0) <= 223;
		if (isRtcp) this.#receiveRtcp(datagram);
		else this.#receiveRtp(datagram);
	}

	/** Of one stream, each packet once. */
	of(ssrc: number): readonly ViewedPacket[] {
		return this.packets.filter((packet) => packet.ssrc === ssrc && !packet.isRepeat);
	}

	#receiveRtcp(datagram: Uint8Array): void {
		// The receiver's window tells an index that was used before.
		const length = this.#rtcpReceiver.unprotectRtcp(datagram, datagram.length, this.#plain);
		if (length < 0) this.offences.push(`SRTCP that was refused as ${length}`);
		else this.rtcp.push(...parseRtcp(this.#plain, length));
	}

	#receiveRtp(datagram: Uint8Array): void {
		const header = this.#header;
		if (!parseProtectedRtpHeader(datagram, datagram.length, header) || header.headerLength + this.#tagLength > datagram.length) {
			this.offences.push('a malformed packet');
			return;
		}
		const { ssrc, sequenceNumber: sequence } = header;
		const stream = this.#streams.get(ssrc) ?? { highest: -1, seen: new Map<number, Uint8Array>() };
		const index = stream.highest < 0 ? sequence : estimateIndex(stream.highest, sequence);
		const length = index < 0 ? -1 : this.#decrypt(datagram, header.headerLength, index);
		if (length < 0 || !parseRtpHeader(this.#plain, length, header)) {
			this.offences.push(`number ${sequence} of ${ssrc} cannot be decrypted as index ${index}`);
			return;
		}
		this.#streams.set(ssrc, stream);
		stream.highest = Math.max(stream.highest, index);
		const before = stream.seen.get(index);
		if (before !== undefined && Buffer.compare(before, datagram) !== 0) this.offences.push(`index ${index} of ${ssrc} covers two packets`);
		stream.seen.set(index, datagram);
		const { payloadType, timestamp, payloadOffset, payloadLength } = header;
		const payload = this.#plain.slice(payloadOffset, payloadOffset + payloadLength);
		this.packets.push({ ssrc, index, payloadType, timestamp, payload, isRepeat: before !== undefined });
	}

	#decrypt(datagram: Uint8Array, headerLength: number, index: number): number {
		return this.#transform.unprotectRtp(datagram, headerLength, datagram.length, Math.floor(index / CYCLE), this.#plain);
	}
}
