/**
 * Sends more in one turn of the event loop than kernel and queue take: `node starved-socket.ts ADDON`. Writes as JSON what arrived and what
 * was counted. What holds the datagrams up is up to whoever runs it.
 */
import { once } from 'node:events';
import { loadNative } from '../../src/media/load-native.ts';
import { NativeSocket } from '../../src/media/native-socket.ts';

const HOST = '127.0.0.1';
const IN_ONE_TURN = 3000;
const AFTERWARDS = 100;

const load = loadNative(true, process.argv[2]);
if (load.addon === undefined) throw new Error(load.why);
const sender = NativeSocket.bind(load.addon, HOST, 0, { bufferBytes: 2048 });
const receiver = NativeSocket.bind(load.addon, HOST, 0);
const arrivals = new EventTarget();
const marks: number[] = [];
receiver.onDatagram((bytes, length) => {
	if (length === 1000) marks.push(Buffer.from(bytes.buffer, bytes.byteOffset).readUInt32BE());
	arrivals.dispatchEvent(new Event('arrival'));
});

function send(mark: number): void {
	// Overwritten by the next: what waits must have been copied.
	const slot = sender.slot();
	Buffer.from(slot.buffer).writeUInt32BE(mark);
	sender.send(slot, 1000, HOST, receiver.port);
}

async function arrived(count: number): Promise<void> {
	while (marks.length < count) await once(arrivals, 'arrival', { signal: AbortSignal.timeout(20_000) });
}

for (let mark = 0; mark < IN_ONE_TURN; mark += 1) send(mark);
const { dropped } = sender;
const kept = IN_ONE_TURN - dropped;
await arrived(kept);
for (let mark = kept; mark < kept + AFTERWARDS; mark += 1) send(mark);
await arrived(kept + AFTERWARDS);
const inOrder = marks.every((mark, at) => mark === at);
console.log(JSON.stringify({ kept, inOrder, droppedLater: sender.dropped - dropped, refused: sender.refused }));
await sender.close();
await receiver.close();
