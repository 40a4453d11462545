import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { rounds } from '../../test/support/rounds.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { extensionByte, prepareOutboundHeader } from '../relay/outbound-packet.ts';
import { Sink } from '../relay/sink.ts';
import { SRTP_PROFILES, type SrtpProfile } from '../srtp/profile.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import type { Destination } from './fan-out.ts';
import { type MediaPath, openMediaPath } from './media-path.ts';
import { nativeAddon } from './testing/native-addon.ts';

const VIEWERS = 5;
/** So many datagrams fit into the smallest receive buffer. */
const STEPS_AT_ONCE = 10;
const MAX_PACKET = 1500;

/** The address of a new socket, and what comes to it. */
async function inbox(host: string): Promise<{ readonly port: number; readonly datagrams: Buffer[]; holds(count: number): Promise<void> }> {
	const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').bind(0, host);
	onTestFinished(() => {
		socket.close();
	});
	await once(socket, 'listening');
	const datagrams: Buffer[] = [];
	socket.on('message', (datagram) => datagrams.push(datagram));
	const holds = async (count: number): Promise<void> => {
		while (datagrams.length < count) await once(socket, 'message', { signal: AbortSignal.timeout(5000) });
	};
	return { port: socket.address().port, datagrams, holds };
}

async function openPath(native: boolean, host = '::'): Promise<MediaPath> {
	const path = await openMediaPath(native ? nativeAddon() : undefined, host, 0);
	onTestFinished(() => path.socket.close());
	return path;
}

function destination(path: MediaPath, profile: SrtpProfile, viewer: number, address: string, port: number): Destination {
	const { keyLength, saltLength } = SRTP_PROFILES[profile];
	const outlet = path.openOutlet(profile, Buffer.alloc(keyLength, viewer), Buffer.alloc(saltLength, 7 * viewer));
	outlet.setPath({ address, port });
	onTestFinished(() => outlet.close());
	// Some without abs-send-time, and each with numbers of its own.
	const absSendTimeByte = viewer % 3 === 0 ? 0 : extensionByte(viewer);
	return { sink: new Sink(), outlet, payloadType: 96 + viewer, absSendTimeByte, packetsSent: 0, octetsSent: 0 };
}

test.each<SrtpProfile>(['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'])(
	'under %s viewers are sent the same bytes as by TypeScript: media, late packets, repairs with and without RTX',
	async (profile) => {
		const paths = [await openPath(false), await openPath(true)];
		const inboxes = await Promise.all(paths.map(() => Promise.all(Array.from({ length: VIEWERS }, () => inbox('127.0.0.1')))));
		const viewers = paths.map((path, at) =>
			(inboxes[at] ?? []).map(({ port }, viewer) => destination(path, profile, viewer, '::ffff:127.0.0.1', port)),
		);
		const random = seededRandom(31);
		const packet = new Uint8Array(MAX_PACKET);
		const repairs = Array.from({ length: VIEWERS }, () => 0);
		let extendedSequence = 65_400;
		const step = (): void => {
			const length = 20 + Math.floor(random() * (MAX_PACKET - 20));
			const choice = random();
			const chosen = Math.floor(random() * VIEWERS);
			const rtxSequence = extendedSequence % 0x10000;
			extendedSequence += random() < 0.1 ? 3 : 1;
			for (let at = 0; at < length; at += 1) packet[at] = Math.floor(random() * 256);
			prepareOutboundHeader(packet, 1234, 3);
			if (choice >= 0.85) repairs[chosen] = (repairs[chosen] ?? 0) + 1;
			paths.forEach(({ fanOut }, at) => {
				const to = viewers[at]?.[chosen];
				if (to === undefined) throw new Error('no viewer');
				const copy = packet.slice();
				if (choice < 0.7) fanOut.forward(viewers[at] ?? [], copy, length, extendedSequence);
				else if (choice < 0.85) {
					if (to.sink.place(extendedSequence - 2)) fanOut.send(to, copy, length, 111);
				} else {
					to.sink.place(extendedSequence);
					fanOut.retransmit(to, copy, length, { payloadType: 97, ssrc: 4321, sequence: rtxSequence, rollover: 0x80000001 });
				}
			});
		};
		for (let done = 0; done < rounds(2000); done += STEPS_AT_ONCE) {
			for (let now = 0; now < STEPS_AT_ONCE; now += 1) step();
			for (let viewer = 0; viewer < VIEWERS; viewer += 1) {
				const [typeScript, native] = inboxes.map((each) => each[viewer]);
				const { packetsSent } = viewers[0]?.[viewer] ?? { packetsSent: 0 };
				expect(viewers[1]?.[viewer]?.packetsSent).toBe(packetsSent);
				await typeScript?.holds(packetsSent + (repairs[viewer] ?? 0));
				await native?.holds(packetsSent + (repairs[viewer] ?? 0));
				expect(native?.datagrams).toEqual(typeScript?.datagrams);
			}
		}
		expect(inboxes[1]?.every(({ datagrams }) => datagrams.length > rounds(2000) / 2)).toBe(true);
	},
);

test('a room of more viewers than one call of the addon takes is served whole', async () => {
	const path = await openPath(true);
	const sockets = await Promise.all(Array.from({ length: 11 }, () => inbox('127.0.0.1')));
	const viewers = sockets.flatMap(({ port }) =>
		Array.from({ length: 100 }, () => destination(path, 'AEAD_AES_128_GCM', 1, '::ffff:127.0.0.1', port)),
	);
	const packet = new Uint8Array(60);
	prepareOutboundHeader(packet, 1, 3);
	path.fanOut.forward(viewers, packet, packet.length, 5);
	for (const socket of sockets) await socket.holds(100);
	expect([path.socket.refused, path.socket.dropped]).toEqual([0, 0]);
});

test('nobody is sent to whose path is not known, any more or yet, or whose keys are gone', async () => {
	const path = await openPath(true);
	const socket = await inbox('127.0.0.1');
	const [silent, moved, gone, last] = Array.from({ length: 4 }, () =>
		destination(path, 'AEAD_AES_128_GCM', 1, '::ffff:127.0.0.1', socket.port),
	);
	if (silent === undefined || moved === undefined || gone === undefined || last === undefined) throw new Error('no viewers');
	silent.outlet?.setPath(undefined);
	moved.outlet?.setPath({ address: 'nowhere', port: 9 });
	gone.outlet?.close();
	const packet = new Uint8Array(60);
	prepareOutboundHeader(packet, 1, 3);
	path.fanOut.forward([silent, moved, gone, last], packet, packet.length, 5);
	await socket.holds(1);
	expect([silent, moved, gone, last].map(({ packetsSent }) => packetsSent)).toEqual([0, 1, 0, 1]);
	expect(path.socket.refused).toBe(1);
});

test.each([
	['::', '::1'],
	['::', '127.0.0.1'],
	['127.0.0.1', '127.0.0.1'],
	['::1', '::1'],
])('from %s a viewer at %s is reached', async (host, viewerHost) => {
	const path = await openPath(true, host);
	const socket = await inbox(viewerHost);
	const mapped = host === '::' && viewerHost === '127.0.0.1' ? `::ffff:${viewerHost}` : viewerHost;
	const to = destination(path, 'AEAD_AES_128_GCM', 1, mapped, socket.port);
	const packet = new Uint8Array(60);
	prepareOutboundHeader(packet, 1, 3);
	path.fanOut.forward([to], packet, packet.length, 5);
	await socket.holds(1);
	const receiver = new SrtpReceiver('AEAD_AES_128_GCM', Buffer.alloc(16, 1), Buffer.alloc(12, 7));
	const [datagram = Buffer.alloc(0)] = socket.datagrams;
	expect(receiver.unprotectRtp(datagram, 20, datagram.length, Buffer.alloc(2048))).toBe(60);
});
