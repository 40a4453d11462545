/**
 * Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03, section 2.2), PSFB with FMT 15 (application layer feedback).
 *
 *    |                  SSRC of packet sender                        |
 *    |                  0                                            |
 *    |  'R'          |  'E'          |  'M'          |  'B'          |
 *    |  Num SSRC     | BR Exp (6)|  BR Mantissa (18)                 |
 *    |  SSRC feedback …                                              |
 */
import { allocateRtcp, PAYLOAD_FEEDBACK, type RtcpFrame } from './header.ts';

export const APPLICATION_FEEDBACK_FORMAT = 15;

const REMB_TAG = 0x52454d42;
const FIXED_BYTES = 16;
const MANTISSA_BITS = 18;

export interface Remb {
	readonly type: 'remb';
	readonly senderSsrc: number;
	/** Rounded down to 18 significant bits when written. */
	readonly bitrateBps: number;
	/** At most 255. */
	readonly ssrcs: readonly number[];
}

/** Application layer feedback has other users, too: only this tag makes it REMB. */
export function isRemb({ body }: RtcpFrame): boolean {
	return body.byteLength >= FIXED_BYTES && body.getUint32(8) === REMB_TAG;
}

export function readRemb(frame: RtcpFrame): Remb | undefined {
	if (!isRemb(frame)) return undefined;
	const { body } = frame;
	const count = body.getUint8(12);
	if (body.byteLength < FIXED_BYTES + 4 * count) return undefined;
	const rate = body.getUint32(12) & 0xffffff;
	const bitrateBps = (rate & 0x3ffff) * 2 ** (rate >> MANTISSA_BITS);
	const ssrcs: number[] = [];
	for (let i = 0; i < count; i++) ssrcs.push(body.getUint32(FIXED_BYTES + 4 * i));
	return { type: 'remb', senderSsrc: body.getUint32(0), bitrateBps, ssrcs };
}

/** @throws RangeError on more than 255 sources */
export function writeRemb(remb: Remb): Uint8Array {
	if (remb.ssrcs.length > 255) throw new RangeError('REMB names at most 255 sources');
	const { packet, body } = allocateRtcp(PAYLOAD_FEEDBACK, APPLICATION_FEEDBACK_FORMAT, FIXED_BYTES + 4 * remb.ssrcs.length);
	let mantissa = Math.max(0, Math.min(Math.floor(remb.bitrateBps), Number.MAX_SAFE_INTEGER));
	let exponent = 0;
	while (mantissa >= 2 ** MANTISSA_BITS) {
		mantissa = Math.floor(mantissa / 2);
		exponent += 1;
	}
	body.setUint32(0, remb.senderSsrc);
	body.setUint32(8, REMB_TAG);
	body.setUint32(12, (remb.ssrcs.length << 24) | (exponent << MANTISSA_BITS) | mantissa);
	remb.ssrcs.forEach((ssrc, i) => {
		body.setUint32(FIXED_BYTES + 4 * i, ssrc);
	});
	return packet;
}
