/** RTP payloads as encoders make them: the descriptors are real, the picture behind them is noise that no other packet has. */
import { createHash } from 'node:crypto';

export type VideoCodec = 'VP8' | 'H264';

/** Room for payload in one packet, about what browsers use. */
const MAX_PAYLOAD_BYTES = 1_100;

/** Bytes that depend on the label and number alone, so that a payload tells who sent it and no two are alike. */
export function noise(label: string, number: number, length: number): Buffer {
	return createHash('shake256', { outputLength: length }).update(`${label} ${number}`).digest();
}

/** The payloads of one picture, in order; `number` is its place in the stream. */
export function videoPayloads(codec: VideoCodec, label: string, number: number, keyframe: boolean, bytes: number): Buffer[] {
	return codec === 'VP8' ? vp8Payloads(label, number, keyframe, bytes) : h264Payloads(label, number, keyframe, bytes);
}

/** A 20 ms Opus packet: a TOC byte of CELT fullband (RFC 6716, section 3.1), then noise of a length that varies. */
export function opusPayload(label: string, number: number): Buffer {
	return Buffer.concat([Buffer.from([0xfc]), noise(`${label} sound`, number, 60 + ((number * 37) % 100))]);
}

/** RFC 7741, section 4.2: extended descriptor with a 15-bit picture id; section 4.3: P = 0 and the start code in a key frame. */
function vp8Payloads(label: string, number: number, keyframe: boolean, bytes: number): Buffer[] {
	const frame = noise(`${label} picture`, number, Math.max(bytes, 16));
	frame[0] = keyframe ? 0x10 : 0x11;
	if (keyframe) Buffer.from([0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01]).copy(frame, 3);
	return pieces(frame, MAX_PAYLOAD_BYTES - 4).map((piece, index) => {
		const pictureId = 0x8000 | (number & 0x7fff);
		return Buffer.concat([Buffer.from([index === 0 ? 0x90 : 0x80, 0x80, pictureId >> 8, pictureId & 0xff]), piece]);
	});
}

/** RFC 6184: SPS and PPS in a STAP-A (section 5.7.1) before an IDR picture, pictures in FU-As (section 5.8) or one NAL unit. */
function h264Payloads(label: string, number: number, keyframe: boolean, bytes: number): Buffer[] {
	const slice = noise(`${label} picture`, number, Math.max(bytes, 16));
	// first_mb_in_slice is 0: its exp-Golomb code is the bit 1.
	slice[0] = (slice[0] ?? 0) | 0x80;
	const header = keyframe ? 0x65 : 0x41;
	const parts = pieces(slice, MAX_PAYLOAD_BYTES - 2);
	const picture =
		parts.length === 1
			? [Buffer.concat([Buffer.from([header]), slice])]
			: parts.map((part, index) => {
					const edge = (index === 0 ? 0x80 : 0) | (index === parts.length - 1 ? 0x40 : 0);
					return Buffer.concat([Buffer.from([(header & 0xe0) | 28, edge | (header & 0x1f)]), part]);
				});
	return keyframe ? [parameterSets(), ...picture] : picture;
}

function parameterSets(): Buffer {
	const sps = Buffer.from('6742e01f8d680a03dae00000', 'hex');
	const pps = Buffer.from('68ce3c80', 'hex');
	return Buffer.concat([Buffer.from([0x78, 0, sps.length]), sps, Buffer.from([0, pps.length]), pps]);
}

function pieces(bytes: Buffer, size: number): Buffer[] {
	const count = Math.ceil(bytes.length / size);
	return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}
