/**
 * Picture loss indication (RFC 4585, section 6.3.1), PSFB with FMT 1: "send a keyframe".
 *
 *    |                  SSRC of packet sender                        |
 *    |                  SSRC of media source                         |
 */
import { allocateRtcp, PAYLOAD_FEEDBACK, type RtcpFrame } from './header.ts';

export const PICTURE_LOSS_FORMAT = 1;

export interface PictureLoss {
	readonly type: 'picture-loss';
	readonly senderSsrc: number;
	readonly mediaSsrc: number;
}

export function readPictureLoss({ body }: RtcpFrame): PictureLoss | undefined {
	if (body.byteLength < 8) return undefined;
	return { type: 'picture-loss', senderSsrc: body.getUint32(0), mediaSsrc: body.getUint32(4) };
}

export function writePictureLoss(request: PictureLoss): Uint8Array {
	const { packet, body } = allocateRtcp(PAYLOAD_FEEDBACK, PICTURE_LOSS_FORMAT, 8);
	body.setUint32(0, request.senderSsrc);
	body.setUint32(4, request.mediaSsrc);
	return packet;
}
