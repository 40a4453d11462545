/**
 * Sockets and contexts through every kind of end: `node addon-lifecycle.ts ADDON`. Closed by their own listener, in a worker that is
 * terminated in the middle of traffic, in one that ends by itself, and with the process. Says `ok` as its last line.
 */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadNative } from '../../src/media/load-native.ts';
import { openMediaPath } from '../../src/media/media-path.ts';
import type { NativeAddon } from '../../src/media/native-addon.ts';
import { NativeSocket } from '../../src/media/native-socket.ts';
import { prepareOutboundHeader } from '../../src/relay/outbound-packet.ts';
import { Sink } from '../../src/relay/sink.ts';

const HOST = '127.0.0.1';
const path = isMainThread ? (process.argv[2] ?? '') : workerData.path;
const load = loadNative(true, path);
if (load.addon === undefined) throw new Error(load.why);
const addon: NativeAddon = load.addon;

if (isMainThread) await testMain();
else await testWorker(workerData.ending);

async function testMain(): Promise<void> {
	await closedByItsListener();
	await faultyListener();
	await takenBuffers();
	for (const ending of ['terminated', 'terminated', 'by itself', 'by itself']) {
		const worker = new Worker(import.meta.filename, { workerData: { path, ending } });
		const ended = once(worker, 'exit');
		await once(worker, 'message');
		if (ending === 'terminated') await worker.terminate();
		await ended;
	}
	// This thread's own was never touched by those.
	await traffic(100);
	console.log('ok');
	// With the process: a socket and contexts that nobody closes.
	await openMediaPath(addon, HOST, 0).then(({ openOutlet }) => openOutlet('AEAD_AES_128_GCM', Buffer.alloc(16), Buffer.alloc(12)));
	process.exit(0);
}

/** Tells its parent after the first packets; then goes on until it is terminated, or ends with everything open. */
async function testWorker(ending: string): Promise<void> {
	await traffic(100);
	parentPort?.postMessage('running');
	if (ending === 'by itself') {
		NativeSocket.bind(addon, HOST, 0).onDatagram(() => {});
		addon.openContext(7, new Uint8Array(100));
		process.exit(0);
	}
	for (;;) await traffic(1000);
}

/** From one path to itself: forwarded by each listener call, until so many have come. */
async function traffic(count: number): Promise<void> {
	const media = await openMediaPath(addon, HOST, 0);
	const outlet = media.openOutlet('AES128_CM_HMAC_SHA1_80', Buffer.alloc(16), Buffer.alloc(14));
	outlet.setPath({ address: HOST, port: media.socket.port });
	const viewer = { sink: new Sink(), outlet, payloadType: 96, absSendTimeByte: 0, packetsSent: 0, octetsSent: 0 };
	const packet = new Uint8Array(500);
	prepareOutboundHeader(packet, 1, 1);
	let received = 0;
	await new Promise<void>((resolve) => {
		media.socket.onDatagram(() => {
			received += 1;
			if (received < count) media.fanOut.forward([viewer], packet, packet.length, received);
			else resolve();
		});
		media.fanOut.forward([viewer, viewer], packet, packet.length, 0);
	});
	outlet.close();
	await media.socket.close();
}

async function closedByItsListener(): Promise<void> {
	const socket = NativeSocket.bind(addon, HOST, 0);
	const closed = new Promise<void>((resolve) => {
		socket.onDatagram(() => {
			addon.send(socket.handle, new Uint8Array(9), 9, HOST, socket.port);
			void socket.close();
			void socket.close();
			socket.send(new Uint8Array(9), 9, HOST, 9);
			resolve();
		});
	});
	for (let at = 0; at < 5; at += 1) socket.send(new Uint8Array(10), 10, HOST, socket.port);
	await closed;
	await new Promise((resolve) => setImmediate(resolve));
}

/** Its exception is the process's, and the next datagram comes all the same. */
async function faultyListener(): Promise<void> {
	const socket = NativeSocket.bind(addon, HOST, 0);
	const caught = new Promise((resolve) => process.once('uncaughtException', resolve));
	let calls = 0;
	const second = new Promise<void>((resolve) => {
		socket.onDatagram(() => {
			calls += 1;
			if (calls === 1) throw new Error('a fault');
			resolve();
		});
	});
	socket.send(new Uint8Array(10), 10, HOST, socket.port);
	await caught;
	socket.send(new Uint8Array(10), 10, HOST, socket.port);
	await second;
	await socket.close();
}

/** In a worker that transfers the receive buffers away: nothing is received any more, and nothing else happens. */
async function takenBuffers(): Promise<void> {
	const code = `
		const { workerData, parentPort } = require('node:worker_threads');
		const addon = require(workerData);
		const socket = addon.openSocket('127.0.0.1', 0, 0);
		addon.listen(socket, () => parentPort.postMessage('received'));
		structuredClone(addon.receivedBytes.buffer, { transfer: [addon.receivedBytes.buffer] });
		for (let at = 0; at < 3; at += 1) addon.send(socket, new Uint8Array(10), 10, '127.0.0.1', addon.socketPort(socket));
		let turns = 0;
		const turn = () => (++turns < 20 ? setImmediate(turn) : process.exit(0));
		turn();
	`;
	const worker = new Worker(code, { eval: true, workerData: path });
	worker.on('message', () => {
		throw new Error('received into memory that is not its own');
	});
	await once(worker, 'exit');
}
