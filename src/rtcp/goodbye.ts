/**
 * Goodbye (RFC 3550, section 6.6), packet type 203, count = number of sources. The optional reason for leaving is not read.
 *
 *    |                           SSRC/CSRC …                         |
 */
import { allocateRtcp, GOODBYE, type RtcpFrame } from './header.ts';

export interface Goodbye {
	readonly type: 'goodbye';
	readonly ssrcs: readonly number[];
}

export function readGoodbye({ body, count }: RtcpFrame): Goodbye | undefined {
	if (body.byteLength < 4 * count) return undefined;
	const ssrcs: number[] = [];
	for (let i = 0; i < count; i++) ssrcs.push(body.getUint32(4 * i));
	return { type: 'goodbye', ssrcs };
}

/** @throws RangeError on more than 31 sources */
export function writeGoodbye(goodbye: Goodbye): Uint8Array {
	const { packet, body } = allocateRtcp(GOODBYE, goodbye.ssrcs.length, 4 * goodbye.ssrcs.length);
	goodbye.ssrcs.forEach((ssrc, i) => {
		body.setUint32(4 * i, ssrc);
	});
	return packet;
}
