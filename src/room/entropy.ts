import type { IceCredentials } from '../negotiation/media-description.ts';

export type RandomBytes = (size: number) => Uint8Array;

/** Everything random that a room needs, made from one source of bytes, which tests replace. */
export class Entropy {
	readonly #bytes: RandomBytes;

	constructor(randomBytes: RandomBytes) {
		this.#bytes = randomBytes;
	}

	/** Lower-case hex, two characters a byte. */
	hex(bytes: number): string {
		return Buffer.from(this.#bytes(bytes)).toString('hex');
	}

	/**
	 * Base64's alphabet is exactly ice-char (RFC 8839 5.4). 8 characters of ufrag (48 bits) keep it unique within the server, 24 of
	 * password (144 bits) are above the 128 bits that RFC 8445 5.3 asks for.
	 */
	iceCredentials(): IceCredentials {
		return { ufrag: Buffer.from(this.#bytes(6)).toString('base64'), pwd: Buffer.from(this.#bytes(18)).toString('base64') };
	}

	/** The `sess-id` of an o= line: a positive 63-bit number in decimal (RFC 9429 5.2.1). */
	sessionId(): string {
		return (Buffer.from(this.#bytes(8)).readBigUInt64BE() >> 1n).toString();
	}

	uint32(): number {
		return Buffer.from(this.#bytes(4)).readUInt32BE();
	}

	/** In [0, 1), as `Math.random`. */
	unit(): number {
		return this.uint32() / 2 ** 32;
	}
}
