/**
 * Is this RTP payload the first packet of something a decoder can start with? Read from the payload descriptors alone, in bounded
 * time; a payload that makes no sense is simply not a start.
 */
import type { CodecName } from './codecs.ts';

/** @param offset of the RTP payload in `bytes`; @param length of the payload without padding */
export function isKeyframeStart(codec: CodecName, bytes: Uint8Array, offset: number, length: number): boolean {
	const end = offset + length;
	if (length <= 0 || end > bytes.length) return false;
	switch (codec) {
		case 'VP8':
			return startsVp8Keyframe(bytes, offset, end);
		case 'VP9':
			return startsVp9Keyframe(bytes, offset, end);
		case 'H264':
			return startsH264Keyframe(bytes, offset, end);
		case 'AV1':
			return startsAv1Sequence(bytes, offset);
		case 'opus':
			return true; // every packet decodes on its own
	}
}

/**
 * RFC 7741, section 4.2. `S` with partition index 0 marks the start of a frame; the payload header's `P` bit is 0 in a key frame.
 *
 *          0 1 2 3 4 5 6 7
 *         +-+-+-+-+-+-+-+-+
 *         |X|R|N|S|R| PID |
 *         +-+-+-+-+-+-+-+-+
 *    X:   |I|L|T|K|  RSV  |
 *         +-+-+-+-+-+-+-+-+
 *    I:   |M| PictureID   | one byte more with M
 *    L:   |   TL0PICIDX   |
 *    T/K: |TID|Y| KEYIDX  |
 */
function startsVp8Keyframe(bytes: Uint8Array, offset: number, end: number): boolean {
	const first = bytes[offset] ?? 0;
	if ((first & 0x17) !== 0x10) return false;
	let at = offset + 1;
	if ((first & 0x80) !== 0) {
		const extension = bytes[at] ?? 0;
		at += 1;
		if ((extension & 0x80) !== 0) at += ((bytes[at] ?? 0) & 0x80) === 0 ? 1 : 2;
		if ((extension & 0x40) !== 0) at += 1;
		if ((extension & 0x30) !== 0) at += 1;
	}
	return at < end && ((bytes[at] ?? 1) & 0x01) === 0;
}

/**
 * RFC 9628, section 4.2: a frame's start (`B`) that is not predicted from earlier pictures (`P` = 0), in the lowest spatial layer.
 *
 *          0 1 2 3 4 5 6 7
 *         +-+-+-+-+-+-+-+-+
 *         |I|P|L|F|B|E|V|Z|
 *         +-+-+-+-+-+-+-+-+
 *    I:   |M| PICTURE ID  | one byte more with M
 *    L:   | TID |U| SID |D|
 */
function startsVp9Keyframe(bytes: Uint8Array, offset: number, end: number): boolean {
	const first = bytes[offset] ?? 0;
	if ((first & 0x48) !== 0x08) return false;
	let at = offset + 1;
	if ((first & 0x80) !== 0) at += ((bytes[at] ?? 0) & 0x80) === 0 ? 1 : 2;
	if ((first & 0x20) === 0) return at < end;
	return at < end && ((bytes[at] ?? 0) & 0x0e) === 0;
}

const H264_IDR = 5;
const H264_SPS = 7;
const H264_STAP_A = 24;
const H264_FU_A = 28;

/** RFC 6184, section 5: an SPS or the first slice of an IDR picture, as a single NAL unit, inside a STAP-A, or starting an FU-A. */
function startsH264Keyframe(bytes: Uint8Array, offset: number, end: number): boolean {
	const type = (bytes[offset] ?? 0) & 0x1f;
	if (type === H264_STAP_A) {
		let at = offset + 1;
		while (at + 2 < end) {
			const size = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
			const nal = at + 2;
			if (size === 0 || nal + size > end) return false;
			if (startsWithSpsOrIdr((bytes[nal] ?? 0) & 0x1f, bytes, nal + 1, nal + size)) return true;
			at = nal + size;
		}
		return false;
	}
	if (type === H264_FU_A) {
		const fuHeader = offset + 1 < end ? (bytes[offset + 1] ?? 0) : 0;
		return (fuHeader & 0x80) !== 0 && startsWithSpsOrIdr(fuHeader & 0x1f, bytes, offset + 2, end);
	}
	return startsWithSpsOrIdr(type, bytes, offset + 1, end);
}

function startsWithSpsOrIdr(type: number, bytes: Uint8Array, body: number, end: number): boolean {
	if (type === H264_SPS) return true;
	// A slice header opens with first_mb_in_slice as ue(v) (H.264, 7.3.3): its first bit is 1 exactly for macroblock 0.
	return type === H264_IDR && body < end && ((bytes[body] ?? 0) & 0x80) !== 0;
}

/**
 * The aggregation header of AV1's RTP format, section 4.4: `N` marks the first packet of a coded video sequence, which cannot at the
 * same time continue an OBU (`Z`).
 *
 *     0 1 2 3 4 5 6 7
 *    +-+-+-+-+-+-+-+-+
 *    |Z|Y| W |N|-|-|-|
 *    +-+-+-+-+-+-+-+-+
 */
function startsAv1Sequence(bytes: Uint8Array, offset: number): boolean {
	return ((bytes[offset] ?? 0) & 0x88) === 0x08;
}
