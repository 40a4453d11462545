/** ICE credentials (RFC 8445, section 5.3; syntax in RFC 8839, section 5.4). */

export interface IceCredentials {
	readonly ufrag: string;
	readonly pwd: string;
}

/** 64 characters, so that six bits of a random byte choose one without bias. */
const ICE_CHARS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** 48 bits: the ufrag is what tells the peers on the one port apart, so it must never collide. RFC 8445 asks for 24. */
const UFRAG_CHARS = 8;
/** 144 bits; RFC 8445 asks for 128. */
const PWD_CHARS = 24;

/** @param randomBytes gives this many bytes from a cryptographic source */
export function createIceCredentials(randomBytes: (count: number) => Uint8Array): IceCredentials {
	return { ufrag: iceText(randomBytes(UFRAG_CHARS)), pwd: iceText(randomBytes(PWD_CHARS)) };
}

function iceText(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) text += ICE_CHARS[byte & 63] ?? '';
	return text;
}
