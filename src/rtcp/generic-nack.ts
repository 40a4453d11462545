/**
 * Generic NACK (RFC 4585, section 6.2.1), RTPFB with FMT 1: packets that were not received.
 *
 *    |                  SSRC of packet sender                        |
 *    |                  SSRC of media source                         |
 *    |            PID (16 bits)      |             BLP (16 bits)     |
 *    |                               …                               |
 *
 * PID is lost, and bit i of BLP (counted from the lowest) says that PID + i + 1 is lost too.
 */
import { allocateRtcp, type RtcpFrame, TRANSPORT_FEEDBACK } from './header.ts';

export const GENERIC_NACK_FORMAT = 1;

/** libwebrtc keeps at most 1,000 packets on its list; a packet that names more than this is cut off here. */
export const MAX_NACK_SEQUENCES = 1024;

export interface GenericNack {
	readonly type: 'generic-nack';
	readonly senderSsrc: number;
	readonly mediaSsrc: number;
	/** Lost sequence numbers, 0…65535. */
	readonly sequences: readonly number[];
}

export function readGenericNack({ body }: RtcpFrame): GenericNack | undefined {
	if (body.byteLength < 12) return undefined;
	const sequences: number[] = [];
	for (let at = 8; at + 4 <= body.byteLength; at += 4) {
		const pid = body.getUint16(at);
		const following = body.getUint16(at + 2);
		if (sequences.length + 17 > MAX_NACK_SEQUENCES) break;
		sequences.push(pid);
		for (let bit = 0; bit < 16; bit++) {
			if ((following & (1 << bit)) !== 0) sequences.push((pid + bit + 1) & 0xffff);
		}
	}
	return { type: 'generic-nack', senderSsrc: body.getUint32(0), mediaSsrc: body.getUint32(4), sequences };
}

/** Packs best when `sequences` ascends (around the wrap, too); any order is correct. */
export function writeGenericNack(nack: GenericNack): Uint8Array {
	const entries: number[] = [];
	let pid = 0;
	let following = 0;
	nack.sequences.forEach((sequence, i) => {
		const distance = (sequence - pid) & 0xffff;
		if (i > 0 && distance >= 1 && distance <= 16) {
			following |= 1 << (distance - 1);
			return;
		}
		if (i > 0) entries.push(pid, following);
		pid = sequence;
		following = 0;
	});
	if (nack.sequences.length > 0) entries.push(pid, following);
	const { packet, body } = allocateRtcp(TRANSPORT_FEEDBACK, GENERIC_NACK_FORMAT, 8 + 2 * entries.length);
	body.setUint32(0, nack.senderSsrc);
	body.setUint32(4, nack.mediaSsrc);
	entries.forEach((entry, i) => {
		body.setUint16(8 + 2 * i, entry);
	});
	return packet;
}
