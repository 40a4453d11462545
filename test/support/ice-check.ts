import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

export interface CheckOptions {
	/** `ufrag of who is asked:ufrag of who asks`. */
	readonly username: string;
	/** Of who is asked. */
	readonly password: string;
	/** Says USE-CANDIDATE, as browsers do in every check of the pair they have chosen. */
	readonly nominates: boolean;
}

/** A fresh connectivity check: a STUN binding request (RFC 8489, section 5) with the attributes of ICE (RFC 8445, section 7.1). */
export function buildCheck({ username, password, nominates }: CheckOptions): Buffer {
	const header = Buffer.alloc(20);
	header.writeUInt16BE(0x0001, 0);
	header.writeUInt32BE(0x2112a442, 4);
	randomBytes(12).copy(header, 8);
	const attributes = [
		attribute(0x0006, Buffer.from(username)),
		attribute(0x0024, Buffer.from([0x6e, 0x00, 0x1e, 0xff])),
		attribute(0x802a, randomBytes(8)),
		...(nominates ? [attribute(0x0025, Buffer.alloc(0))] : []),
	];
	// RFC 8489, sections 14.5 and 14.7: each covers what stands before it, under a length that counts itself.
	const unsigned = withLength(Buffer.concat([header, ...attributes]), 24);
	const signed = Buffer.concat([unsigned, attribute(0x0008, createHmac('sha1', password).update(unsigned).digest())]);
	const unchecked = withLength(signed, 8);
	const fingerprint = Buffer.alloc(4);
	fingerprint.writeUInt32BE((crc32(unchecked) ^ 0x5354554e) >>> 0);
	return Buffer.concat([unchecked, attribute(0x8028, fingerprint)]);
}

/** A binding request: RFC 8489, section 5. */
export function isCheck(datagram: Buffer): boolean {
	return datagram.length >= 20 && datagram.readUInt16BE(0) === 0x0001;
}

export function isCheckAnswered(datagram: Buffer): boolean {
	return datagram.length >= 20 && datagram.readUInt16BE(0) === 0x0101;
}

function attribute(type: number, value: Buffer): Buffer {
	const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
	bytes.writeUInt16BE(type, 0);
	bytes.writeUInt16BE(value.length, 2);
	value.copy(bytes, 4);
	return bytes;
}

function withLength(message: Buffer, following: number): Buffer {
	const bytes = Buffer.from(message);
	bytes.writeUInt16BE(message.length - 20 + following, 2);
	return bytes;
}
