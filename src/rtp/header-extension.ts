/**
 * RTP header extension elements (RFC 8285): finding one by its id without allocation, and reading those this server knows.
 *
 *    one-byte form, profile 0xBEDE          two-byte form, profile 0x100x
 *     0 1 2 3 4 5 6 7                        0                   1
 *    +-+-+-+-+-+-+-+-+                       0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 *    |  ID   |  len  | len + 1 bytes        +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    +-+-+-+-+-+-+-+-+                      |       ID      |     length    | length bytes
 *                                           +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import type { RtpHeader } from './packet.ts';

export const MID_URI = 'urn:ietf:params:rtp-hdrext:sdes:mid';
export const ABS_SEND_TIME_URI = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';
export const TRANSPORT_CC_URI = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE = 0x1000;
/** The low four bits of the two-byte profile are `appbits`, without meaning here (RFC 8285, section 4.3). */
const TWO_BYTE_PROFILE_MASK = 0xfff0;
/** Reserved in the one-byte form: everything from it on is ignored (RFC 8285, section 4.2). */
const STOP_ID = 15;

/** RFC 8843 leaves a mid's length open; the two-byte form could carry 255. Ours are one or two characters, a phone's rarely more. */
const MAX_MID_BYTES = 32;

/** Where an element's data lies in the packet. Reused, see {@link findExtension}. */
export interface ExtensionElement {
	offset: number;
	length: number;
}

/**
 * Finds the first element with this id in a packet whose header was parsed before.
 * @param id 1…14 in the one-byte form, 1…255 in the two-byte form
 * @returns false when the packet does not carry it (or its extension is malformed before it)
 */
export function findExtension(bytes: Uint8Array, header: RtpHeader, id: number, into: ExtensionElement): boolean {
	if (id === 0) return false;
	const oneByte = header.extensionProfile === ONE_BYTE_PROFILE;
	if (!oneByte && (header.extensionProfile & TWO_BYTE_PROFILE_MASK) !== TWO_BYTE_PROFILE) return false;
	const end = header.extensionOffset + header.extensionLength;
	let offset = header.extensionOffset;
	while (offset < end) {
		const first = bytes[offset] ?? 0;
		offset += 1;
		if (first === 0) continue; // padding
		let elementId = first;
		let length: number;
		if (oneByte) {
			elementId = first >> 4;
			// Id 0 with a length is no padding and ends the processing, too (RFC 8285, section 4.2).
			if (elementId === STOP_ID || elementId === 0) return false;
			length = (first & 0x0f) + 1;
		} else {
			if (offset >= end) return false;
			length = bytes[offset] ?? 0;
			offset += 1;
		}
		if (offset + length > end) return false;
		if (elementId === id) {
			into.offset = offset;
			into.length = length;
			return true;
		}
		offset += length;
	}
	return false;
}

/** The mid of an element (RFC 8843, section 15.1), or undefined when it is empty, too long or not printable ASCII. */
export function readMid(bytes: Uint8Array, element: ExtensionElement): string | undefined {
	if (element.length === 0 || element.length > MAX_MID_BYTES) return undefined;
	let mid = '';
	for (let i = element.offset; i < element.offset + element.length; i++) {
		const byte = bytes[i] ?? 0;
		if (byte < 0x21 || byte > 0x7e) return undefined;
		mid += String.fromCharCode(byte);
	}
	return mid;
}

/** The transport-wide sequence number, 0…65535 (draft-holmer-rmcat-transport-wide-cc-extensions-01), or −1 when the element is too short. */
export function readTransportSequence(bytes: Uint8Array, element: ExtensionElement): number {
	if (element.length < 2) return -1;
	return ((bytes[element.offset] ?? 0) << 8) | (bytes[element.offset + 1] ?? 0);
}

/** abs-send-time as its 24 bits of 6.18 fixed-point seconds, or −1 when the element has not three bytes. */
export function readAbsSendTime(bytes: Uint8Array, element: ExtensionElement): number {
	if (element.length !== 3) return -1;
	const at = element.offset;
	return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

/** A time in milliseconds as abs-send-time: 6.18 fixed-point seconds in 24 bits, wrapping every 64 s. */
export function absSendTime(nowMs: number): number {
	return Math.floor((nowMs * 0x40000) / 1000) % 0x1000000;
}

/** Writes {@link absSendTime} over the three bytes at `offset`. */
export function writeAbsSendTime(bytes: Uint8Array, offset: number, nowMs: number): void {
	const time = absSendTime(nowMs);
	bytes[offset] = time >> 16;
	bytes[offset + 1] = time >> 8;
	bytes[offset + 2] = time;
}
