/** What VP9's payload descriptor says of temporal layers: see the diagram in keyframe.ts (RFC 9628, section 4.2). */
export interface Vp9Layers {
	temporalId: number;
	/** U: from this frame on every higher layer may be sent. */
	switchingUp: boolean;
}

export function createVp9Layers(): Vp9Layers {
	return { temporalId: 0, switchingUp: false };
}

/**
 * @param offset of the RTP payload in `bytes`
 * @returns false when the payload ends within the part that is read
 */
export function readVp9Layers(bytes: Uint8Array, offset: number, length: number, into: Vp9Layers): boolean {
	const end = Math.min(offset + length, bytes.length);
	into.temporalId = 0;
	into.switchingUp = false;
	if (offset >= end) return false;
	const first = bytes[offset] ?? 0;
	let at = offset + 1;
	if ((first & 0x80) !== 0) at += ((bytes[at] ?? 0) & 0x80) === 0 ? 1 : 2;
	if ((first & 0x20) !== 0) {
		const layer = bytes[at] ?? 0;
		at += 1;
		into.temporalId = layer >> 5;
		into.switchingUp = (layer & 0x10) !== 0;
	}
	return at <= end;
}
