/**
 * Source description (RFC 3550, section 6.5), packet type 202, count = number of chunks. Of the items only CNAME is of use here.
 *
 *    |                          SSRC/CSRC_1                          |
 *    | CNAME=1 (8 bits) | length (8 bits) | text … | items … | 0 …   |
 *
 * A chunk's items end with at least one zero byte and are filled with zeros up to the next 32-bit boundary.
 */
import { allocateRtcp, type RtcpFrame, SOURCE_DESCRIPTION } from './header.ts';

const CNAME_ITEM = 1;
const MAX_ITEM_BYTES = 255;

export interface SourceDescriptionChunk {
	readonly ssrc: number;
	/** Absent when the chunk carries none. */
	readonly cname: string | undefined;
}

export interface SourceDescription {
	readonly type: 'source-description';
	readonly chunks: readonly SourceDescriptionChunk[];
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export function readSourceDescription({ body, count }: RtcpFrame): SourceDescription | undefined {
	const chunks: SourceDescriptionChunk[] = [];
	let at = 0;
	for (let i = 0; i < count; i++) {
		if (at + 4 > body.byteLength) return undefined;
		const ssrc = body.getUint32(at);
		at += 4;
		let cname: string | undefined;
		for (;;) {
			if (at >= body.byteLength) return undefined;
			const item = body.getUint8(at);
			if (item === 0) break;
			if (at + 2 > body.byteLength) return undefined;
			const length = body.getUint8(at + 1);
			const text = at + 2;
			if (text + length > body.byteLength) return undefined;
			if (item === CNAME_ITEM) cname ??= decoder.decode(new Uint8Array(body.buffer, body.byteOffset + text, length));
			at = text + length;
		}
		at += 4 - (at % 4);
		chunks.push({ ssrc, cname });
	}
	return { type: 'source-description', chunks };
}

/** @throws RangeError on a CNAME over 255 bytes or more than 31 chunks */
export function writeSourceDescription(description: SourceDescription): Uint8Array {
	const names = description.chunks.map((chunk) => (chunk.cname === undefined ? undefined : encoder.encode(chunk.cname)));
	const length = names.reduce((sum, name) => sum + chunkBytes(name), 0);
	const { packet, body } = allocateRtcp(SOURCE_DESCRIPTION, description.chunks.length, length);
	let at = 0;
	description.chunks.forEach((chunk, i) => {
		const name = names[i];
		body.setUint32(at, chunk.ssrc);
		if (name !== undefined) {
			if (name.length > MAX_ITEM_BYTES) throw new RangeError('a CNAME has at most 255 bytes');
			body.setUint8(at + 4, CNAME_ITEM);
			body.setUint8(at + 5, name.length);
			packet.set(name, body.byteOffset + at + 6);
		}
		at += chunkBytes(name);
	});
	return packet;
}

function chunkBytes(name: Uint8Array | undefined): number {
	const items = name === undefined ? 0 : 2 + name.length;
	return 4 + items + (4 - (items % 4));
}
