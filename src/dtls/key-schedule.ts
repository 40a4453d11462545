import { createHash, createHmac, createSecretKey } from 'node:crypto';

const MASTER_SECRET_LENGTH = 48;
const VERIFY_DATA_LENGTH = 12;
const KEY_LENGTH = 16;
const IMPLICIT_NONCE_LENGTH = 4;

/** SHA-256, the hash of our one cipher suite. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return hash.digest();
}

/** The pseudo-random function with SHA-256: RFC 5246 5. */
export function pseudoRandom(secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array {
	// Under Node 24 an HMAC from raw octets costs five times as much as from a key object.
	const key = createSecretKey(secret);
	const labelled = Buffer.concat([Buffer.from(label, 'ascii'), seed]);
	const blocks: Uint8Array[] = [];
	let a: Uint8Array = labelled;
	for (let have = 0; have < length; have += 32) {
		a = createHmac('sha256', key).update(a).digest();
		blocks.push(createHmac('sha256', key).update(a).update(labelled).digest());
	}
	return Buffer.concat(blocks).subarray(0, length);
}

export interface HandshakeRandoms {
	readonly client: Uint8Array;
	readonly server: Uint8Array;
}

/**
 * @param sessionHash digest of the handshake up to ClientKeyExchange when both sides speak extended master secret (RFC 7627 4);
 * without it the randoms are bound in: RFC 5246 8.1.
 */
export function masterSecret(preMaster: Uint8Array, randoms: HandshakeRandoms, sessionHash: Uint8Array | undefined): Uint8Array {
	if (sessionHash !== undefined) return pseudoRandom(preMaster, 'extended master secret', sessionHash, MASTER_SECRET_LENGTH);
	return pseudoRandom(preMaster, 'master secret', Buffer.concat([randoms.client, randoms.server]), MASTER_SECRET_LENGTH);
}

export interface RecordKeys {
	readonly clientKey: Uint8Array;
	readonly serverKey: Uint8Array;
	readonly clientIv: Uint8Array;
	readonly serverIv: Uint8Array;
}

/** Keys of the record layer: RFC 5246 6.3. An AEAD suite has no MAC keys. */
export function recordKeys(master: Uint8Array, randoms: HandshakeRandoms): RecordKeys {
	const seed = Buffer.concat([randoms.server, randoms.client]);
	const block = pseudoRandom(master, 'key expansion', seed, 2 * KEY_LENGTH + 2 * IMPLICIT_NONCE_LENGTH);
	const [clientKey, serverKey, clientIv, serverIv] = cut(block, KEY_LENGTH, IMPLICIT_NONCE_LENGTH);
	return { clientKey, serverKey, clientIv, serverIv };
}

/** What a Finished message carries: RFC 5246 7.4.9. */
export function verifyData(master: Uint8Array, side: 'client' | 'server', handshakeHash: Uint8Array): Uint8Array {
	return pseudoRandom(master, `${side} finished`, handshakeHash, VERIFY_DATA_LENGTH);
}

export interface SrtpMasterKeys {
	readonly clientKey: Uint8Array;
	readonly clientSalt: Uint8Array;
	readonly serverKey: Uint8Array;
	readonly serverSalt: Uint8Array;
}

/** SRTP master keys and salts by the exporter: RFC 5764 4.2, RFC 5705 4 without context. */
export function srtpMasterKeys(master: Uint8Array, randoms: HandshakeRandoms, keyLength: number, saltLength: number): SrtpMasterKeys {
	const seed = Buffer.concat([randoms.client, randoms.server]);
	const block = pseudoRandom(master, 'EXTRACTOR-dtls_srtp', seed, 2 * (keyLength + saltLength));
	const [clientKey, serverKey, clientSalt, serverSalt] = cut(block, keyLength, saltLength);
	return { clientKey, serverKey, clientSalt, serverSalt };
}

/** Both blocks have the same order: client key, server key, then the shorter pair. */
function cut(block: Uint8Array, first: number, second: number): [Uint8Array, Uint8Array, Uint8Array, Uint8Array] {
	const at = 2 * first;
	return [block.subarray(0, first), block.subarray(first, at), block.subarray(at, at + second), block.subarray(at + second)];
}
