import { ByteReader } from './byte-reader.ts';
import { number, vector } from './byte-writer.ts';

/** RFC 5246 6.2.1. */
export const ContentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** Versions are written as ones' complement, so a smaller number is a newer version: RFC 6347 4.1. */
export const DTLS_1_2 = 0xfefd;
const DTLS_MAJOR = 0xfe;

export const RECORD_HEADER_LENGTH = 13;

/** Our datagrams stay below every path MTU that WebRTC meets: RFC 8831 5 and common practice. */
const MAX_DATAGRAM = 1200;

/** A flight of a handshake is about six records; more in one datagram is somebody wasting our time, and the rest is dropped. */
const MAX_RECORDS_PER_DATAGRAM = 16;

/**
 * RFC 6347 4.1:
 *
 *     type (1) | version (2) | epoch (2) | sequence number (6) | length (2) | payload
 */
export interface DtlsRecord {
	readonly type: number;
	readonly version: number;
	readonly epoch: number;
	/** 48 bits. */
	readonly sequence: number;
	/** In epoch 0 clear, later still sealed. */
	readonly payload: Uint8Array;
}

/** The records of a datagram, up to the first that is damaged. */
export function parseRecords(datagram: Uint8Array): DtlsRecord[] {
	const reader = new ByteReader(datagram);
	const records: DtlsRecord[] = [];
	while (reader.remaining >= RECORD_HEADER_LENGTH && records.length < MAX_RECORDS_PER_DATAGRAM) {
		const record = {
			type: reader.number(1),
			version: reader.number(2),
			epoch: reader.number(2),
			sequence: reader.number(6),
			payload: reader.vector(2),
		};
		if (reader.failed || record.version >> 8 !== DTLS_MAJOR) break;
		records.push(record);
	}
	return records;
}

/** The bytes of a record. */
export function encodeRecord(record: DtlsRecord): Uint8Array {
	return Buffer.concat([
		number(record.type, 1),
		number(record.version, 2),
		number(record.epoch, 2),
		number(record.sequence, 6),
		vector(2, record.payload),
	]);
}

/** Puts encoded records into as few datagrams as hold them, in order. A record is never split. */
export function packDatagrams(records: readonly Uint8Array[]): Uint8Array[] {
	const datagrams: Uint8Array[] = [];
	let parts: Uint8Array[] = [];
	let length = 0;
	for (const record of records) {
		if (length + record.length > MAX_DATAGRAM && parts.length > 0) {
			datagrams.push(Buffer.concat(parts));
			parts = [];
			length = 0;
		}
		parts.push(record);
		length += record.length;
	}
	if (parts.length > 0) datagrams.push(Buffer.concat(parts));
	return datagrams;
}
