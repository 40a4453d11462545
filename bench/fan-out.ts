/**
 * What forwarding one packet to one viewer costs: `node bench/fan-out.ts [viewers] [rounds]`. One socket, viewers on loopback ports that
 * nobody reads, 1,120 octets; processor time of this process per packet, native and in TypeScript, the best and the median of the rounds.
 * Loopback charges delivery to the sender.
 */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Destination } from '../src/media/fan-out.ts';
import { loadNative } from '../src/media/load-native.ts';
import { type MediaPath, openMediaPath } from '../src/media/media-path.ts';
import { extensionByte, prepareOutboundHeader } from '../src/relay/outbound-packet.ts';
import { Sink } from '../src/relay/sink.ts';
import { sweepArrayBuffersHere } from '../src/runtime/array-buffers.ts';
import { SRTP_PROFILES, type SrtpProfile } from '../src/srtp/profile.ts';

const PACKET_BYTES = 1120;
/** Datagrams of one round. */
const DATAGRAMS = 10_000;
const ABS_SEND_TIME_ID = 2;
const [viewers = 200, rounds = 15] = process.argv.slice(2).map(Number);
const packets = Math.ceil(DATAGRAMS / viewers);

sweepArrayBuffersHere();
const sockets: Socket[] = [];
for (let viewer = 0; viewer < viewers; viewer += 1) {
	const socket = createSocket({ type: 'udp4', recvBufferSize: 4096 }).bind(0, '127.0.0.1');
	await once(socket, 'listening');
	sockets.push(socket);
}
const { addon } = loadNative(true);
for (const native of addon === undefined ? [undefined] : [addon, undefined]) {
	for (const profile of Object.keys(SRTP_PROFILES) as SrtpProfile[]) {
		const media = await openMediaPath(native, '::', 0);
		const costs = measure(media, profile);
		console.log(
			`${native === undefined ? 'TypeScript' : 'native    '} ${profile.padEnd(23)} ${costs[0]?.toFixed(2)} µs, median ${costs[rounds >> 1]?.toFixed(2)} µs`,
		);
		const { dropped, refused } = media.socket;
		if (dropped + refused > 0) console.log(`  but ${dropped} were dropped and ${refused} refused`);
		await media.socket.close();
	}
}
for (const socket of sockets) socket.close();

/** Microseconds per packet and viewer, one for each round, in order of size. */
function measure(media: MediaPath, profile: SrtpProfile): number[] {
	const { keyLength, saltLength } = SRTP_PROFILES[profile];
	const destinations = sockets.map((socket): Destination => {
		const outlet = media.openOutlet(profile, randomBytes(keyLength), randomBytes(saltLength));
		outlet.setPath({ address: `::ffff:127.0.0.1`, port: socket.address().port });
		const absSendTimeByte = extensionByte(ABS_SEND_TIME_ID);
		return { sink: new Sink(), outlet, payloadType: 96, absSendTimeByte, packetsSent: 0, octetsSent: 0 };
	});
	const packet = Uint8Array.from(randomBytes(PACKET_BYTES));
	prepareOutboundHeader(packet, 1234, ABS_SEND_TIME_ID);
	let sequence = 0;
	const costs = Array.from({ length: rounds }, () => {
		const before = process.cpuUsage();
		for (let count = 0; count < packets; count += 1) {
			sequence += 1;
			media.fanOut.forward(destinations, packet, PACKET_BYTES, sequence);
		}
		const { user, system } = process.cpuUsage(before);
		return (user + system) / (packets * viewers);
	});
	for (const { outlet } of destinations) outlet?.close();
	return costs.sort((a, b) => a - b);
}
