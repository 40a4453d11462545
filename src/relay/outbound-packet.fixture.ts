import { outboundHeaderLength, prepareOutboundHeader, writeSequence, writeTimestamp } from './outbound-packet.ts';

/** A packet as it leaves the server, `length` bytes; its payload begins with its extended sequence number and goes on with it. */
export function outboundPacket(extendedSequence: number, timestamp: number, length = 1000): Uint8Array {
	const packet = new Uint8Array(length).fill(extendedSequence & 0xff);
	prepareOutboundHeader(packet, 0x5555, 3);
	packet[1] = 96;
	writeSequence(packet, extendedSequence);
	writeTimestamp(packet, timestamp);
	new DataView(packet.buffer).setUint32(outboundHeaderLength, extendedSequence);
	return packet;
}

/** The extended sequence number that {@link outboundPacket} put in the payload. */
export function payloadNumber(packet: Uint8Array): number {
	return new DataView(packet.buffer, packet.byteOffset).getUint32(outboundHeaderLength);
}
