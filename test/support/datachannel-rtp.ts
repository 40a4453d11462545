/**
 * RTP and RTCP as the test client writes and reads them. Written apart from `src/rtp` and `src/rtcp` on purpose: a mistake there
 * must not cancel itself out here.
 */

/** A received or sent RTP packet, decrypted. */
export interface RtpPacket {
	readonly ssrc: number;
	readonly sequence: number;
	readonly timestamp: number;
	readonly payloadType: number;
	readonly marker: boolean;
	readonly payload: Buffer;
	/** `performance.now()` when it was received. */
	readonly atMs: number;
}

/** RFC 3550, section 5.1; undefined for anything else. */
export function readRtp(bytes: Buffer, atMs: number): RtpPacket | undefined {
	if (bytes.length < 12 || bytes.readUInt8(0) >> 6 !== 2) return undefined;
	const first = bytes.readUInt8(0);
	let start = 12 + (first & 0x0f) * 4;
	if ((first & 0x10) !== 0) start += 4 + bytes.readUInt16BE(start + 2) * 4;
	const end = (first & 0x20) === 0 ? bytes.length : bytes.length - bytes.readUInt8(bytes.length - 1);
	return {
		marker: (bytes.readUInt8(1) & 0x80) !== 0,
		payloadType: bytes.readUInt8(1) & 0x7f,
		sequence: bytes.readUInt16BE(2),
		timestamp: bytes.readUInt32BE(4),
		ssrc: bytes.readUInt32BE(8),
		payload: bytes.subarray(start, end),
		atMs,
	};
}

/** `transportSequence` goes into a one-byte header extension (RFC 8285) of this id. */
export function writeRtp(
	packet: Omit<RtpPacket, 'atMs'>,
	transportCc?: { readonly id: number; readonly sequence: number },
): Buffer<ArrayBuffer> {
	const header = Buffer.alloc(transportCc === undefined ? 12 : 20);
	header.writeUInt8(transportCc === undefined ? 0x80 : 0x90, 0);
	header.writeUInt8((packet.marker ? 0x80 : 0) | packet.payloadType, 1);
	header.writeUInt16BE(packet.sequence, 2);
	header.writeUInt32BE(packet.timestamp, 4);
	header.writeUInt32BE(packet.ssrc, 8);
	if (transportCc !== undefined) {
		header.writeUInt32BE(0xbede0001, 12);
		header.writeUInt8((transportCc.id << 4) | 1, 16);
		header.writeUInt16BE(transportCc.sequence, 17);
	}
	return Buffer.concat([header, packet.payload]);
}

/** What the tests look at in RTCP. */
export type RtcpSeen = { readonly atMs: number } & (
	| { readonly type: 'picture-loss'; readonly mediaSsrc: number }
	| { readonly type: 'transport-cc'; readonly statusCount: number }
	| { readonly type: 'receiver-report'; readonly blocks: readonly ReportSeen[] }
	| {
			readonly type: 'sender-report';
			readonly ssrc: number;
			readonly ntpMs: number;
			readonly rtpTimestamp: number;
			readonly packets: number;
	  }
	| { readonly type: 'other'; readonly packetType: number; readonly format: number }
);

export interface ReportSeen {
	readonly ssrc: number;
	readonly lost: number;
	/** Extended: cycles in the upper half. */
	readonly highestSequence: number;
}

/** RTP and RTCP share a port: RFC 5761, section 4. */
export function isRtcp(bytes: Buffer): boolean {
	const type = bytes[1] ?? 0;
	return type >= 192 && type <= 223;
}

/** The packets of a compound, RFC 3550, section 6.1. */
export function readRtcp(bytes: Buffer, atMs: number): RtcpSeen[] {
	const seen: RtcpSeen[] = [];
	for (let at = 0; at + 4 <= bytes.length; ) {
		const length = 4 + bytes.readUInt16BE(at + 2) * 4;
		seen.push(readOne(bytes.subarray(at, at + length), atMs));
		at += length;
	}
	return seen;
}

function readOne(bytes: Buffer, atMs: number): RtcpSeen {
	const packetType = bytes.readUInt8(1);
	const format = bytes.readUInt8(0) & 0x1f;
	if (packetType === 206 && format === 1) return { type: 'picture-loss', mediaSsrc: bytes.readUInt32BE(8), atMs };
	if (packetType === 205 && format === 15) return { type: 'transport-cc', statusCount: bytes.readUInt16BE(14), atMs };
	if (packetType === 201) {
		const blocks = Array.from({ length: format }, (_, index) => {
			const at = 8 + index * 24;
			return {
				ssrc: bytes.readUInt32BE(at),
				lost: bytes.readIntBE(at + 5, 3),
				highestSequence: bytes.readUInt32BE(at + 8),
			};
		});
		return { type: 'receiver-report', blocks, atMs };
	}
	if (packetType === 200) {
		// Seconds from 1900 to 1970, RFC 5905, section 6.
		const ntpMs = (bytes.readUInt32BE(8) - 2_208_988_800 + bytes.readUInt32BE(12) / 2 ** 32) * 1000;
		const rtpTimestamp = bytes.readUInt32BE(16);
		return { type: 'sender-report', ssrc: bytes.readUInt32BE(4), ntpMs, rtpTimestamp, packets: bytes.readUInt32BE(20), atMs };
	}
	return { type: 'other', packetType, format, atMs };
}

/** RFC 4585, section 6.3.1. */
export function writePictureLoss(senderSsrc: number, mediaSsrc: number): Buffer {
	const bytes = Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
	bytes.writeUInt32BE(senderSsrc, 4);
	bytes.writeUInt32BE(mediaSsrc, 8);
	return bytes;
}
