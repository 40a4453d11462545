/** Hammers one route over many connections and reports how often it was answered, and how often not with 200. */
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

interface Work {
	readonly port: number;
	readonly connections: number;
	readonly durationMs: number;
}

const { port, connections, durationMs }: Work = workerData;
const body = JSON.stringify({ name: 'Maria', zone: 'Ward 3', mobile: '555' });
const request = `POST /duress/help HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const endMs = performance.now() + durationMs;
let answered = 0;
let failed = 0;
let open = connections;

function done(): void {
	open--;
	if (open === 0) parentPort?.postMessage({ answered, failed });
}

for (let i = 0; i < connections; i++) {
	const socket = connect(port, '127.0.0.1', () => socket.write(request));
	let text = '';
	socket.on('error', () => failed++);
	socket.on('close', done);
	socket.on('data', (data) => {
		text += data.toString('latin1');
		const [, length] = /content-length: (\d+)/i.exec(text) ?? [];
		if (length === undefined || text.length < text.indexOf('\r\n\r\n') + 4 + Number(length)) return;
		answered++;
		if (!text.startsWith('HTTP/1.1 200')) failed++;
		text = '';
		if (performance.now() < endMs) socket.write(request);
		else socket.end();
	});
}
