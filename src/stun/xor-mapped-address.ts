/**
 * XOR-MAPPED-ADDRESS (RFC 8489, section 14.2): where the request came from, disguised against NATs that rewrite addresses they see.
 * Port and IPv4 address are XORed with the magic cookie, an IPv6 address with the cookie and the transaction id.
 *
 *    |0 0 0 0 0 0 0 0|    Family     |         X-Port                |
 *    |                X-Address (4 or 16 bytes)                      |
 */
import type { StunAttribute } from './attribute.ts';
import { addressBytes, addressText } from './ip-address.ts';
import { attributeOf, type StunMessage } from './message.ts';

export const XOR_MAPPED_ADDRESS = 0x0020;

const FAMILY_IPV4 = 1;
const FAMILY_IPV6 = 2;
const MASK_BYTES = [0x21, 0x12, 0xa4, 0x42] as const;

export interface TransportAddress {
	/** IPv4 dotted, or IPv6 text. */
	readonly address: string;
	readonly port: number;
}

export function xorMappedAddressOf(message: StunMessage): TransportAddress | undefined {
	const value = attributeOf(message, XOR_MAPPED_ADDRESS)?.value;
	return value === undefined ? undefined : decodeXorAddress(value, message.transactionId);
}

/** IPv4-mapped IPv6 addresses go out as IPv4. @throws RangeError when `from.address` is no IP address */
export function xorMappedAddress(from: TransportAddress, transactionId: Uint8Array): StunAttribute {
	return { type: XOR_MAPPED_ADDRESS, value: encodeXorAddress(from, transactionId) };
}

/** The value format, which TURN's XOR-PEER-ADDRESS and XOR-RELAYED-ADDRESS share (RFC 8656, section 18). */
export function encodeXorAddress(from: TransportAddress, transactionId: Uint8Array): Uint8Array {
	const address = addressBytes(from.address);
	if (address === undefined) throw new RangeError('not an IP address');
	const value = new Uint8Array(4 + address.length);
	value[1] = address.length === 4 ? FAMILY_IPV4 : FAMILY_IPV6;
	value[2] = (from.port >> 8) ^ MASK_BYTES[0];
	value[3] = from.port ^ MASK_BYTES[1];
	for (let i = 0; i < address.length; i++) value[4 + i] = (address[i] ?? 0) ^ maskAt(i, transactionId);
	return value;
}

/** Undefined when family and length do not match. */
export function decodeXorAddress(value: Uint8Array, transactionId: Uint8Array): TransportAddress | undefined {
	const family = value[1];
	if (!(family === FAMILY_IPV4 && value.length === 8) && !(family === FAMILY_IPV6 && value.length === 20)) return undefined;
	const address = new Uint8Array(value.length - 4);
	for (let i = 0; i < address.length; i++) address[i] = (value[4 + i] ?? 0) ^ maskAt(i, transactionId);
	const port = (((value[2] ?? 0) ^ MASK_BYTES[0]) << 8) | ((value[3] ?? 0) ^ MASK_BYTES[1]);
	return { address: addressText(address), port };
}

function maskAt(index: number, transactionId: Uint8Array): number {
	return MASK_BYTES[index] ?? transactionId[index - 4] ?? 0;
}
