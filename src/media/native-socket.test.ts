import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import type { RemoteAddress } from '../ice/path-table.ts';
import type { MediaSocket } from './media-socket.ts';
import { NativeSocket } from './native-socket.ts';
import { nativeAddon } from './testing/native-addon.ts';
import { UdpSocket } from './udp-socket.ts';

interface Received {
	readonly bytes: Buffer;
	readonly from: RemoteAddress;
}

function boundSocket(host = '127.0.0.1'): NativeSocket {
	const socket = NativeSocket.bind(nativeAddon(), host, 0);
	onTestFinished(() => socket.close());
	return socket;
}

async function dgram(host: string): Promise<Socket> {
	const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').bind(0, host);
	onTestFinished(() => {
		socket.close();
	});
	await once(socket, 'listening');
	return socket;
}

/** The next so many datagrams of a socket that is not listened to yet. */
function receive(socket: MediaSocket, count: number): Promise<Received[]> {
	const received: Received[] = [];
	return new Promise((resolve) => {
		socket.onDatagram((bytes, length, { address, port }) => {
			received.push({ bytes: Buffer.from(bytes.slice(0, length)), from: { address, port } });
			if (received.length === count) resolve(received);
		});
	});
}

test('datagrams arrive as they were when they were sent, in order, more than one batch of them', async () => {
	const socket = boundSocket();
	const receiver = boundSocket();
	const count = 200;
	const all = receive(receiver, count);
	for (let mark = 0; mark < count; mark += 1) {
		const slot = socket.slot();
		slot[0] = mark;
		socket.send(slot, 1 + mark, '127.0.0.1', receiver.port);
	}
	const received = await all;
	expect(received.map(({ bytes }) => [bytes[0], bytes.length])).toEqual(Array.from({ length: count }, (_, mark) => [mark, 1 + mark]));
	for (const { from } of received) expect(from).toEqual({ address: '127.0.0.1', port: socket.port });
	expect([socket.dropped, socket.refused]).toEqual([0, 0]);
});

/** Link-local addresses name their interface, which this machine may not have. */
const linkLocal = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
	addresses.filter(({ address }) => address.startsWith('fe80:')).map(({ address }) => `${address}%${name}`),
);

const pairs: readonly (readonly [string, string])[] = [
	['127.0.0.1', '127.0.0.1'],
	['::', '127.0.0.1'],
	['::', '::1'],
	['::1', '::1'],
	...linkLocal.slice(0, 1).map((address) => ['::', address] as const),
];
test.each(pairs)('bound to %s, an address such as %s reads as a dgram socket tells it, and can be answered', async (host, peerHost) => {
	const [native, typeScript] = [boundSocket(host), await UdpSocket.bind(host, 0)];
	onTestFinished(() => typeScript.close());
	expect(native.families).toEqual(typeScript.families);
	const peer = await dgram(peerHost);
	const told: RemoteAddress[] = [];
	for (const socket of [native, typeScript]) {
		const received = receive(socket, 1);
		peer.send(Buffer.from('hello'), socket.port, peerHost);
		told.push(...(await received).map(({ from }) => from));
	}
	const [from = { address: '', port: 0 }, fromTypeScript] = told;
	expect(from).toEqual(fromTypeScript);
	const answered = once(peer, 'message');
	native.send(native.slot(), 7, from.address, from.port);
	expect((await answered)[0]).toHaveLength(7);
});

test('peers behind one address and many ports, or one port and many addresses, are told apart', async () => {
	const socket = boundSocket('0.0.0.0');
	const first = await dgram('127.0.0.1');
	const { port } = first.address();
	const others = await Promise.all(
		Array.from({ length: 20 }, async (_, at) => {
			const other = createSocket('udp4');
			onTestFinished(() => {
				other.close();
			});
			other.bind(port, `127.0.0.${at + 2}`);
			await once(other, 'listening');
			return other;
		}),
	);
	const more = await Promise.all(Array.from({ length: 20 }, () => dgram('127.0.0.1')));
	const senders = [first, ...others, ...more];
	const received = receive(socket, 2 * senders.length);
	for (let round = 0; round < 2; round += 1) {
		for (const [at, sender] of senders.entries()) sender.send(Buffer.from([at]), socket.port, '127.0.0.1');
	}
	for (const { bytes, from } of await received) {
		const { address, port: senderPort } = senders[bytes[0] ?? 0]?.address() ?? { address: '', port: 0 };
		expect(from).toEqual({ address, port: senderPort });
	}
});

test('an empty datagram is told as empty, and so is one that is longer than any of ours', async () => {
	const socket = boundSocket();
	const peer = await dgram('127.0.0.1');
	const received = receive(socket, 4);
	for (const length of [0, 2048, 2049, 5000]) peer.send(Buffer.alloc(length, 1), socket.port, '127.0.0.1');
	expect((await received).map(({ bytes }) => bytes.length)).toEqual([0, 2048, 0, 0]);
});

test('a send that cannot be is counted and harms no other', async () => {
	const socket = boundSocket();
	const peer = await dgram('127.0.0.1');
	const arrived = once(peer, 'message');
	socket.send(new Uint8Array(4), 4, '127.0.0.1', 0);
	socket.send(new Uint8Array(4), 8, '127.0.0.1', 9);
	socket.send(new Uint8Array(4), 4, 'nowhere', 9);
	socket.send(new Uint8Array(4), 4, '::1', 9);
	socket.send(new Uint8Array(3), 3, '127.0.0.1', peer.address().port);
	expect((await arrived)[0]).toHaveLength(3);
	expect(socket.refused).toBe(4);
});

test('a port that is taken, and an address of another machine, are told as a dgram socket tells them', async () => {
	const { port } = boundSocket();
	for (const [host, wanted] of [
		['127.0.0.1', port],
		['192.0.2.1', 0],
	] as const) {
		const error = await UdpSocket.bind(host, wanted).catch((reason: unknown) => reason);
		if (!(error instanceof Error)) throw new Error('it was bound');
		expect(() => NativeSocket.bind(nativeAddon(), host, wanted)).toThrow(error.message);
	}
});

test('a socket that is closed frees its port, refuses what is still sent, and keeps its counts', async () => {
	const socket = boundSocket();
	socket.send(new Uint8Array(4), 4, '127.0.0.1', 0);
	const { port } = socket;
	await socket.close();
	await socket.close();
	socket.send(new Uint8Array(4), 4, '127.0.0.1', 9);
	expect([socket.refused, socket.dropped]).toEqual([2, 0]);
	const next = NativeSocket.bind(nativeAddon(), '127.0.0.1', port);
	await next.close();
});
