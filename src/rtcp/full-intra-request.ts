/**
 * Full intra request (RFC 5104, section 4.3.1), PSFB with FMT 4. The SSRC of media source is unused and 0; each entry names its own.
 *
 *    |                  SSRC of packet sender                        |
 *    |                  0                                            |
 *    |                  SSRC asked, 1 …                              |
 *    |  Seq nr.      |    reserved                                   |
 */
import { allocateRtcp, PAYLOAD_FEEDBACK, type RtcpFrame } from './header.ts';

export const FULL_INTRA_FORMAT = 4;

/** A sender of ours has one picture per publication and a room holds a handful; more entries than this are ignored. */
export const MAX_FULL_INTRA_ENTRIES = 64;

export interface FullIntraEntry {
	readonly ssrc: number;
	/** Grows with every new request, 0…255; a repetition of the same request keeps it. */
	readonly sequence: number;
}

export interface FullIntraRequest {
	readonly type: 'full-intra-request';
	readonly senderSsrc: number;
	readonly entries: readonly FullIntraEntry[];
}

export function readFullIntraRequest({ body }: RtcpFrame): FullIntraRequest | undefined {
	if (body.byteLength < 8) return undefined;
	const count = Math.min(Math.floor((body.byteLength - 8) / 8), MAX_FULL_INTRA_ENTRIES);
	const entries: FullIntraEntry[] = [];
	for (let i = 0; i < count; i++) {
		entries.push({ ssrc: body.getUint32(8 + 8 * i), sequence: body.getUint8(12 + 8 * i) });
	}
	return { type: 'full-intra-request', senderSsrc: body.getUint32(0), entries };
}

export function writeFullIntraRequest(request: FullIntraRequest): Uint8Array {
	const { packet, body } = allocateRtcp(PAYLOAD_FEEDBACK, FULL_INTRA_FORMAT, 8 + 8 * request.entries.length);
	body.setUint32(0, request.senderSsrc);
	request.entries.forEach((entry, i) => {
		body.setUint32(8 + 8 * i, entry.ssrc);
		body.setUint8(12 + 8 * i, entry.sequence);
	});
	return packet;
}
