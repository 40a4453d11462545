import { createSocket, Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { UdpSocket } from './udp-socket.ts';

async function boundSocket(host = '127.0.0.1'): Promise<UdpSocket> {
	const socket = await UdpSocket.bind(host, 0);
	onTestFinished(() => socket.close());
	return socket;
}

test('while the kernel takes nothing, datagrams that wait are not overwritten, and those that find no room are counted', async () => {
	const socket = await boundSocket();
	const waiting: { readonly bytes: Uint8Array; readonly mark: number }[] = [];
	// Node keeps a reference to the bytes and reads them when the kernel has room again.
	vi.spyOn(Socket.prototype, 'getSendQueueCount').mockImplementation(() => waiting.length);
	vi.spyOn(Socket.prototype, 'send').mockImplementation((bytes) => {
		if (!(bytes instanceof Uint8Array)) throw new Error('not bytes');
		waiting.push({ bytes, mark: Buffer.from(bytes).readUInt32BE() });
	});
	onTestFinished(() => {
		vi.restoreAllMocks();
	});

	const count = 10_000;
	for (let mark = 0; mark < count; mark += 1) {
		const slot = socket.slot();
		slot.writeUInt32BE(mark);
		socket.send(slot, 100, '127.0.0.1', 9);
	}
	expect(waiting.filter(({ bytes, mark }) => Buffer.from(bytes).readUInt32BE() !== mark)).toEqual([]);
	expect(waiting.length).toBeGreaterThan(0);
	expect(waiting.length + socket.dropped).toBe(count);
});

test('a datagram arrives as it was when it was sent', async () => {
	const socket = await boundSocket();
	const receiver = createSocket('udp4').bind(0, '127.0.0.1');
	onTestFinished(() => {
		receiver.close();
	});
	await once(receiver, 'listening');
	const arrived: number[] = [];
	const count = 20;
	const all = new Promise<void>((resolve) => {
		receiver.on('message', (datagram) => {
			arrived.push(datagram.readUInt32BE());
			if (arrived.length === count) resolve();
		});
	});
	for (let mark = 0; mark < count; mark += 1) {
		const slot = socket.slot();
		slot.writeUInt32BE(mark);
		socket.send(slot, 4, '127.0.0.1', receiver.address().port);
	}
	await all;
	expect(arrived).toEqual(Array.from({ length: count }, (_, mark) => mark));
});

test('a send that cannot be is counted and harms no other', async () => {
	const socket = await boundSocket();
	socket.send(new Uint8Array(4), 4, '127.0.0.1', 0);
	socket.send(new Uint8Array(4), 8, '127.0.0.1', 9);
	expect(socket.refused).toBe(2);
});

test('a port that is taken is told', async () => {
	const socket = await boundSocket();
	await expect(UdpSocket.bind('127.0.0.1', socket.port)).rejects.toThrow('EADDRINUSE');
});

test('the families are those that peers can reach', async () => {
	expect((await boundSocket('127.0.0.1')).families).toEqual({ ipv4: true, ipv6: false });
	const { ipv4 } = (await boundSocket('::')).families;
	expect(ipv4).toBe(true);
});
