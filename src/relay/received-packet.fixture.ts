import { createRtpHeader, parseRtpHeader, type RtpHeader } from '../rtp/packet.ts';

export interface ReceivedPacket {
	readonly packet: Uint8Array;
	readonly header: RtpHeader;
}

export interface PacketFields {
	readonly sequence: number;
	readonly timestamp?: number;
	readonly ssrc?: number;
	readonly payloadType?: number;
	readonly marker?: boolean;
	readonly payload?: readonly number[];
	/** Bytes of padding at the end, their count included. */
	readonly padding?: number;
	readonly csrcs?: number;
	/** One-byte elements: id and data. */
	readonly extension?: { readonly id: number; readonly data: readonly number[] };
}

/** A decrypted packet as it comes from a broadcaster, parsed. */
export function receivedPacket(fields: PacketFields): ReceivedPacket {
	const { sequence, timestamp = 0, ssrc = 0x1111, payloadType = 96, marker = false, payload = [1, 2, 3], padding = 0, csrcs = 0 } = fields;
	const flags = 0x80 | (padding > 0 ? 0x20 : 0) | (fields.extension === undefined ? 0 : 0x10) | csrcs;
	const bytes = [flags, (marker ? 0x80 : 0) | payloadType, ...bigEndian(sequence, 2), ...bigEndian(timestamp, 4), ...bigEndian(ssrc, 4)];
	for (let csrc = 0; csrc < csrcs; csrc++) bytes.push(9, 9, 9, 9);
	if (fields.extension !== undefined) {
		const { id, data } = fields.extension;
		const element = [(id << 4) | (data.length - 1), ...data];
		while (element.length % 4 !== 0) element.push(0);
		bytes.push(0xbe, 0xde, ...bigEndian(element.length / 4, 2), ...element);
	}
	bytes.push(...payload);
	for (let left = padding; left > 0; left--) bytes.push(left === 1 ? padding : 0);
	const packet = Uint8Array.from(bytes);
	const header = createRtpHeader();
	if (!parseRtpHeader(packet, packet.length, header)) throw new Error('the fixture made a malformed packet');
	return { packet, header };
}

/** Sixteen numbers around the wrap of 16-bit sequence numbers. */
export const startsAroundTheWrap: readonly number[] = Array.from({ length: 16 }, (_, index) => (0x10000 - 8 + index) & 0xffff);

function bigEndian(value: number, bytes: number): number[] {
	return Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** (bytes - 1 - index)) & 0xff);
}
