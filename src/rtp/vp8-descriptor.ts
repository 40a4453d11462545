/** VP8's payload descriptor: see the diagram in keyframe.ts (RFC 7741, section 4.2). */
export interface Vp8Descriptor {
	/** Where the picture id lies, from the start of the packet; 0 when there is none. */
	pictureIdAt: number;
	/** 7 or 15. */
	pictureIdBits: number;
	/** Where TL0PICIDX lies; 0 when there is none. */
	tl0PicIdxAt: number;
	temporalId: number;
	/** Y, in a frame above the base layer: it builds on the base layer alone. */
	layerSync: boolean;
}

export function createVp8Descriptor(): Vp8Descriptor {
	return { pictureIdAt: 0, pictureIdBits: 7, tl0PicIdxAt: 0, temporalId: 0, layerSync: false };
}

/**
 * @param offset of the RTP payload in `bytes`
 * @returns false when the payload ends within its descriptor
 */
export function readVp8Descriptor(bytes: Uint8Array, offset: number, length: number, into: Vp8Descriptor): boolean {
	const end = Math.min(offset + length, bytes.length);
	into.pictureIdAt = 0;
	into.tl0PicIdxAt = 0;
	into.temporalId = 0;
	into.layerSync = false;
	if (offset >= end) return false;
	if (((bytes[offset] ?? 0) & 0x80) === 0) return true; // X: no extension
	const extension = bytes[offset + 1] ?? 0;
	let at = offset + 2;
	if ((extension & 0x80) !== 0) {
		into.pictureIdAt = at;
		into.pictureIdBits = ((bytes[at] ?? 0) & 0x80) === 0 ? 7 : 15;
		at += into.pictureIdBits === 7 ? 1 : 2;
	}
	if ((extension & 0x40) !== 0) {
		into.tl0PicIdxAt = at;
		at += 1;
	}
	if ((extension & 0x30) !== 0) {
		const layer = bytes[at] ?? 0;
		at += 1;
		// Without T the layer's bits mean nothing, the byte is there for KEYIDX.
		if ((extension & 0x20) !== 0) into.temporalId = layer >> 6;
		into.layerSync = into.temporalId > 0 && (layer & 0x20) !== 0;
	}
	return at <= end;
}

/**
 * Moves the picture id and TL0PICIDX of a packet back, each on its own circle, for a viewer that was not sent every frame. Negative
 * numbers undo it. A payload without them stays as it is.
 */
export function moveVp8PictureBack(bytes: Uint8Array, descriptor: Vp8Descriptor, pictures: number, tl0Pictures: number): void {
	const { pictureIdAt, pictureIdBits, tl0PicIdxAt } = descriptor;
	if (pictureIdAt > 0) {
		const first = bytes[pictureIdAt] ?? 0;
		if (pictureIdBits === 7) bytes[pictureIdAt] = (first - pictures) & 0x7f;
		else {
			const moved = (((first & 0x7f) << 8) | (bytes[pictureIdAt + 1] ?? 0)) - pictures;
			bytes[pictureIdAt] = 0x80 | ((moved >> 8) & 0x7f);
			bytes[pictureIdAt + 1] = moved;
		}
	}
	if (tl0PicIdxAt > 0) bytes[tl0PicIdxAt] = (bytes[tl0PicIdxAt] ?? 0) - tl0Pictures;
}
