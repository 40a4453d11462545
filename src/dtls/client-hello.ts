import { ByteReader } from './byte-reader.ts';

/** TLS extension types: RFC 8422 5.1, RFC 5246 7.4.1.4.1, RFC 5764 4.1.1, RFC 7627 5.1, RFC 5746 3.2. */
export const ExtensionType = {
	supportedGroups: 10,
	ecPointFormats: 11,
	signatureAlgorithms: 13,
	useSrtp: 14,
	extendedMasterSecret: 23,
	renegotiationInfo: 0xff01,
} as const;

/** Stands for an empty renegotiation_info extension: RFC 5746 3.3. */
const EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;
const RANDOM_LENGTH = 32;

/** What we read of a ClientHello: RFC 5246 7.4.1.2 with the cookie of RFC 6347 4.2.1. Versions and keys of DTLS 1.3 are passed over. */
export interface ClientHello {
	readonly version: number;
	readonly random: Uint8Array;
	readonly cipherSuites: readonly number[];
	readonly offersNullCompression: boolean;
	/** Undefined where the extension is absent. */
	readonly groups: readonly number[] | undefined;
	readonly signatureSchemes: readonly number[] | undefined;
	readonly srtpProfileIds: readonly number[] | undefined;
	readonly offersPointFormats: boolean;
	readonly extendedMasterSecret: boolean;
	readonly secureRenegotiation: boolean;
}

/** The hello, or undefined when it is damaged. */
export function parseClientHello(body: Uint8Array): ClientHello | undefined {
	const reader = new ByteReader(body);
	const version = reader.number(2);
	const random = reader.bytes(RANDOM_LENGTH);
	reader.vector(1); // session id: nothing is ever resumed
	reader.vector(1); // cookie: the address is proven by ICE before a hello is read
	const cipherSuites = reader.numbers16(2);
	const compressions = reader.vector(1);
	const extensions = parseExtensions(reader);
	if (reader.failed || extensions === undefined) return undefined;

	const groups = list(extensions.get(ExtensionType.supportedGroups));
	const signatureSchemes = list(extensions.get(ExtensionType.signatureAlgorithms));
	const srtpProfileIds = list(extensions.get(ExtensionType.useSrtp));
	if (groups === null || signatureSchemes === null || srtpProfileIds === null) return undefined;
	return {
		version,
		random,
		cipherSuites,
		offersNullCompression: compressions.includes(0),
		groups,
		signatureSchemes,
		srtpProfileIds,
		offersPointFormats: extensions.has(ExtensionType.ecPointFormats),
		extendedMasterSecret: extensions.has(ExtensionType.extendedMasterSecret),
		secureRenegotiation: extensions.has(ExtensionType.renegotiationInfo) || cipherSuites.includes(EMPTY_RENEGOTIATION_INFO_SCSV),
	};
}

function parseExtensions(reader: ByteReader): Map<number, Uint8Array> | undefined {
	const extensions = new Map<number, Uint8Array>();
	if (reader.failed || reader.remaining === 0) return extensions;
	const block = new ByteReader(reader.vector(2));
	while (block.remaining > 0) {
		const type = block.number(2);
		const data = block.vector(2);
		if (block.failed) return undefined;
		extensions.set(type, data);
	}
	return extensions;
}

/** Each of the three lists we read begins with a 16-bit vector of 16-bit values; null when damaged. */
function list(data: Uint8Array | undefined): number[] | undefined | null {
	if (data === undefined) return undefined;
	const reader = new ByteReader(data);
	const values = reader.numbers16(2);
	return reader.failed ? null : values;
}
