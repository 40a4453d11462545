import { ByteReader } from './byte-reader.ts';
import { number } from './byte-writer.ts';

/** RFC 5246 7.4. */
export const HandshakeType = {
	clientHello: 1,
	serverHello: 2,
	certificate: 11,
	serverKeyExchange: 12,
	certificateRequest: 13,
	serverHelloDone: 14,
	certificateVerify: 15,
	clientKeyExchange: 16,
	finished: 20,
} as const;

/**
 * A piece of a handshake message: RFC 6347 4.2.2.
 *
 *     type (1) | message length (3) | message sequence (2) | fragment offset (3) | fragment length (3) | fragment
 */
export interface HandshakeFragment {
	readonly type: number;
	readonly messageLength: number;
	readonly sequence: number;
	readonly offset: number;
	readonly bytes: Uint8Array;
}

/** A whole one. */
export interface HandshakeMessage {
	readonly type: number;
	readonly sequence: number;
	readonly body: Uint8Array;
}

/** The fragments in the payload of a handshake record, up to the first that is damaged. */
export function parseFragments(payload: Uint8Array): HandshakeFragment[] {
	const reader = new ByteReader(payload);
	const fragments: HandshakeFragment[] = [];
	while (reader.remaining > 0) {
		const type = reader.number(1);
		const messageLength = reader.number(3);
		const sequence = reader.number(2);
		const offset = reader.number(3);
		const bytes = reader.vector(3);
		if (reader.failed || offset + bytes.length > messageLength) break;
		// An empty piece of a message that is not empty tells nothing.
		if (bytes.length === 0 && messageLength > 0) continue;
		fragments.push({ type, messageLength, sequence, offset, bytes });
	}
	return fragments;
}

/** The message as one fragment. This form is also what the handshake's hash covers: RFC 6347 4.2.6. */
export function encodeMessage(message: HandshakeMessage): Uint8Array {
	const length = number(message.body.length, 3);
	return Buffer.concat([number(message.type, 1), length, number(message.sequence, 2), number(0, 3), length, message.body]);
}
