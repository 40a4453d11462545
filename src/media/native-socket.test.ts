import { expect, onTestFinished, test } from 'vitest';
import { NativeSocket, type NativeSocketOptions } from './native-socket.ts';
import { nativeAddon } from './testing/native-addon.ts';

function boundSocket(host = '127.0.0.1', options: NativeSocketOptions = {}): NativeSocket {
	const socket = NativeSocket.bind(nativeAddon(), host, 0, options);
	onTestFinished(() => socket.close());
	return socket;
}

function numbered(mark: number, length = 4): Uint8Array {
	const bytes = Buffer.alloc(length);
	bytes.writeUInt32BE(mark);
	return bytes;
}

test('datagrams arrive as they were when they were sent, in order, more than one batch of them', async () => {
	const socket = boundSocket();
	const receiver = boundSocket();
	const arrived: number[] = [];
	const count = 500;
	const all = new Promise<void>((resolve) => {
		receiver.onDatagram((bytes, length, from) => {
			expect({ length, from }).toEqual({ length: 4, from: { address: '127.0.0.1', port: socket.port } });
			arrived.push(Buffer.from(bytes).readUInt32BE());
			if (arrived.length === count) resolve();
		});
	});
	for (let mark = 0; mark < count; mark += 1) socket.send(numbered(mark), 4, '127.0.0.1', receiver.port);
	await all;
	expect(arrived).toEqual(Array.from({ length: count }, (_, mark) => mark));
	expect([socket.dropped, socket.refused]).toEqual([0, 0]);
});
