import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { ReplayWindow } from '../srtp/replay-window.ts';
import { number } from './byte-writer.ts';
import type { RecordKeys } from './key-schedule.ts';
import { DTLS_1_2, type DtlsRecord } from './record.ts';

const ALGORITHM = 'aes-128-gcm';
const EXPLICIT_NONCE = 8;
const TAG = 16;

/** RFC 6347 4.1.2.6 recommends 64. */
const REPLAY_WINDOW = 64;

/**
 * Seals and opens the records of epoch 1 with AES-128-GCM: RFC 5288 3, RFC 5246 6.2.3.3.
 *
 *     payload = explicit nonce (8: epoch and sequence number) | ciphertext | tag (16)
 *     nonce = implicit part of the key block (4) | explicit nonce
 */
export class RecordCipher {
	readonly #writeKey: KeyObject;
	readonly #writeIv: Uint8Array;
	readonly #readKey: KeyObject;
	readonly #readIv: Uint8Array;
	readonly #received = new ReplayWindow(REPLAY_WINDOW);

	/** The cipher of the server's side. */
	constructor(keys: RecordKeys) {
		this.#writeKey = createSecretKey(keys.serverKey);
		// Copies: what comes out of the key schedule lies in a piece of Node's buffer pool, 64 KiB that four octets would keep alive.
		this.#writeIv = new Uint8Array(keys.serverIv);
		this.#readKey = createSecretKey(keys.clientKey);
		this.#readIv = new Uint8Array(keys.clientIv);
	}

	/** The record with its payload sealed. Its sequence number must be new. */
	seal(record: DtlsRecord): DtlsRecord {
		const explicit = Buffer.concat([number(record.epoch, 2), number(record.sequence, 6)]);
		const cipher = createCipheriv(ALGORITHM, this.#writeKey, Buffer.concat([this.#writeIv, explicit]));
		cipher.setAAD(associatedData(record, record.payload.length));
		const sealed = cipher.update(record.payload);
		cipher.final();
		return { ...record, payload: Buffer.concat([explicit, sealed, cipher.getAuthTag()]) };
	}

	/** The clear payload, or undefined when the record is forged, damaged or seen before. */
	open(record: DtlsRecord): Uint8Array | undefined {
		const { payload } = record;
		const length = payload.length - EXPLICIT_NONCE - TAG;
		if (length < 0 || record.version !== DTLS_1_2 || !this.#received.isFresh(record.sequence)) return undefined;
		const nonce = Buffer.concat([this.#readIv, payload.subarray(0, EXPLICIT_NONCE)]);
		const decipher = createDecipheriv(ALGORITHM, this.#readKey, nonce);
		decipher.setAAD(associatedData(record, length));
		decipher.setAuthTag(payload.subarray(EXPLICIT_NONCE + length));
		const clear = decipher.update(payload.subarray(EXPLICIT_NONCE, EXPLICIT_NONCE + length));
		try {
			decipher.final();
		} catch {
			return undefined;
		}
		this.#received.mark(record.sequence);
		return clear;
	}
}

function associatedData(record: DtlsRecord, length: number): Uint8Array {
	return Buffer.concat([
		number(record.epoch, 2),
		number(record.sequence, 6),
		number(record.type, 1),
		number(record.version, 2),
		number(length, 2),
	]);
}
