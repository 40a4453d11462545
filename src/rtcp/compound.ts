/**
 * Compound RTCP: several packets in one datagram (RFC 3550, section 6.1), reduced-size ones included (RFC 5506). Reading is tolerant:
 * packets of unknown kind are skipped, and the first malformed one ends the datagram while those before it count.
 */
import { FULL_INTRA_FORMAT, type FullIntraRequest, readFullIntraRequest, writeFullIntraRequest } from './full-intra-request.ts';
import { GENERIC_NACK_FORMAT, type GenericNack, readGenericNack, writeGenericNack } from './generic-nack.ts';
import { type Goodbye, readGoodbye, writeGoodbye } from './goodbye.ts';
import {
	GOODBYE,
	PAYLOAD_FEEDBACK,
	RECEIVER_REPORT,
	type RtcpFrame,
	readRtcpFrame,
	rtcpPacketLength,
	SENDER_REPORT,
	SOURCE_DESCRIPTION,
	TRANSPORT_FEEDBACK,
} from './header.ts';
import { PICTURE_LOSS_FORMAT, type PictureLoss, readPictureLoss, writePictureLoss } from './picture-loss.ts';
import { type ReceiverReport, readReceiverReport, writeReceiverReport } from './receiver-report.ts';
import { APPLICATION_FEEDBACK_FORMAT, isRemb, type Remb, readRemb, writeRemb } from './remb.ts';
import { readSenderReport, type SenderReport, writeSenderReport } from './sender-report.ts';
import { readSourceDescription, type SourceDescription, writeSourceDescription } from './source-description.ts';
import { readTransportCc, TRANSPORT_CC_FORMAT, type TransportCcFeedback, writeTransportCc } from './transport-cc.ts';

export type RtcpPacket =
	| SenderReport
	| ReceiverReport
	| SourceDescription
	| Goodbye
	| PictureLoss
	| FullIntraRequest
	| GenericNack
	| Remb
	| TransportCcFeedback;

/** A browser's compound holds about ten; this bounds the work that one datagram of empty packets can ask for. */
export const MAX_RTCP_PACKETS = 32;

/**
 * The packets of a decrypted compound of `length` bytes at the start of `bytes`, oldest first; empty when nothing can be read.
 * @param withTransportCc whether to read transport-cc feedback, where a few bytes can stand for thousands of packets
 */
export function parseRtcp(bytes: Uint8Array, length: number, withTransportCc = true): readonly RtcpPacket[] {
	const packets: RtcpPacket[] = [];
	const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length));
	let offset = 0;
	for (let seen = 0; seen < MAX_RTCP_PACKETS; seen++) {
		const packetLength = rtcpPacketLength(view, offset);
		if (packetLength === 0) break;
		const frame = readRtcpFrame(view, offset, packetLength);
		if (frame === undefined) break;
		const reader = readerOf(frame, withTransportCc);
		if (reader !== undefined) {
			const packet = reader(frame);
			if (packet === undefined) break;
			packets.push(packet);
		}
		offset += packetLength;
	}
	return packets;
}

/** The packets one after the other, ready to be protected. @throws RangeError when a value does not fit its packet */
export function writeRtcp(packets: readonly RtcpPacket[]): Uint8Array {
	const written = packets.map(writePacket);
	const compound = new Uint8Array(written.reduce((sum, packet) => sum + packet.length, 0));
	let offset = 0;
	for (const packet of written) {
		compound.set(packet, offset);
		offset += packet.length;
	}
	return compound;
}

function readerOf(frame: RtcpFrame, withTransportCc: boolean): ((frame: RtcpFrame) => RtcpPacket | undefined) | undefined {
	switch (frame.packetType) {
		case SENDER_REPORT:
			return readSenderReport;
		case RECEIVER_REPORT:
			return readReceiverReport;
		case SOURCE_DESCRIPTION:
			return readSourceDescription;
		case GOODBYE:
			return readGoodbye;
		case TRANSPORT_FEEDBACK:
			if (frame.count === GENERIC_NACK_FORMAT) return readGenericNack;
			return frame.count === TRANSPORT_CC_FORMAT && withTransportCc ? readTransportCc : undefined;
		case PAYLOAD_FEEDBACK:
			if (frame.count === PICTURE_LOSS_FORMAT) return readPictureLoss;
			if (frame.count === FULL_INTRA_FORMAT) return readFullIntraRequest;
			return frame.count === APPLICATION_FEEDBACK_FORMAT && isRemb(frame) ? readRemb : undefined;
		default:
			return undefined;
	}
}

function writePacket(packet: RtcpPacket): Uint8Array {
	switch (packet.type) {
		case 'sender-report':
			return writeSenderReport(packet);
		case 'receiver-report':
			return writeReceiverReport(packet);
		case 'source-description':
			return writeSourceDescription(packet);
		case 'goodbye':
			return writeGoodbye(packet);
		case 'picture-loss':
			return writePictureLoss(packet);
		case 'full-intra-request':
			return writeFullIntraRequest(packet);
		case 'generic-nack':
			return writeGenericNack(packet);
		case 'remb':
			return writeRemb(packet);
		case 'transport-cc':
			return writeTransportCc(packet);
	}
}
