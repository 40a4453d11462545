/** Building STUN messages (RFC 8489, sections 5 and 14). */
import { ATTRIBUTE_HEADER_BYTES, FINGERPRINT, MESSAGE_INTEGRITY, paddedLength, type StunAttribute } from './attribute.ts';
import { fingerprintOf } from './fingerprint.ts';
import { MAGIC_COOKIE, STUN_HEADER_BYTES, type StunClass, stunClasses, TRANSACTION_ID_BYTES } from './message.ts';
import { integrityOf, MESSAGE_INTEGRITY_BYTES } from './message-integrity.ts';

export interface StunContent {
	readonly method: number;
	readonly messageClass: StunClass;
	/** 12 bytes. */
	readonly transactionId: Uint8Array;
	readonly attributes: readonly StunAttribute[];
	/** Adds MESSAGE-INTEGRITY under this key: a short-term password, or RFC 8489's 16-byte long-term key. */
	readonly integrityKey?: string | Uint8Array;
	/** Adds FINGERPRINT at the end. */
	readonly fingerprint?: boolean;
}

/** @throws RangeError when a value or the whole does not fit its 16-bit length, or the transaction id has not 12 bytes */
export function buildStun(content: StunContent): Uint8Array {
	if (content.transactionId.length !== TRANSACTION_ID_BYTES) throw new RangeError('a transaction id has 12 bytes');
	let length = STUN_HEADER_BYTES;
	for (const { value } of content.attributes) length += ATTRIBUTE_HEADER_BYTES + paddedLength(value.length);
	const integrityAt = length;
	if (content.integrityKey !== undefined) length += ATTRIBUTE_HEADER_BYTES + MESSAGE_INTEGRITY_BYTES;
	const fingerprintAt = length;
	if (content.fingerprint === true) length += ATTRIBUTE_HEADER_BYTES + 4;
	if (length - STUN_HEADER_BYTES > 0xffff) throw new RangeError('a STUN message has at most 65,535 bytes of attributes');

	const bytes = new Uint8Array(length);
	const view = new DataView(bytes.buffer);
	view.setUint16(0, messageType(content.method, content.messageClass));
	view.setUint16(2, length - STUN_HEADER_BYTES);
	view.setUint32(4, MAGIC_COOKIE);
	bytes.set(content.transactionId, 8);
	let offset = STUN_HEADER_BYTES;
	for (const { type, value } of content.attributes) {
		writeAttribute(bytes, view, offset, type, value);
		offset += ATTRIBUTE_HEADER_BYTES + paddedLength(value.length);
	}
	if (content.integrityKey !== undefined) {
		writeAttribute(bytes, view, integrityAt, MESSAGE_INTEGRITY, integrityOf(bytes, integrityAt, content.integrityKey));
	}
	if (content.fingerprint === true) {
		view.setUint16(fingerprintAt, FINGERPRINT);
		view.setUint16(fingerprintAt + 2, 4);
		view.setUint32(fingerprintAt + 4, fingerprintOf(bytes, fingerprintAt));
	}
	return bytes;
}

/** The two class bits sit between the method's (RFC 8489, figure 3): M11…M7 C1 M6…M4 C0 M3…M0. */
function messageType(method: number, messageClass: StunClass): number {
	const bits = stunClasses.indexOf(messageClass);
	return (method & 0x000f) | ((method & 0x0070) << 1) | ((method & 0x0f80) << 2) | ((bits & 1) << 4) | ((bits & 2) << 7);
}

function writeAttribute(bytes: Uint8Array, view: DataView, offset: number, type: number, value: Uint8Array): void {
	view.setUint16(offset, type);
	view.setUint16(offset + 2, value.length);
	bytes.set(value, offset + ATTRIBUTE_HEADER_BYTES);
}
