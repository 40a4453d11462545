/** Presses help at the server of the first argument for the milliseconds of the second, and prints how often it was answered. */
import { Agent, request } from 'node:http';

const atOnce = 16;
const [, , url = '', forMs = '0'] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
const untilMs = performance.now() + Number(forMs);
let answered = 0;

function pressHelp(name: string): Promise<void> {
	const body = JSON.stringify({ name, zone: 'Ward 3' });
	return new Promise((resolve, reject) => {
		const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
		const sent = request(`${url}/duress/help`, { method: 'POST', agent, headers }, (response) => {
			if (response.statusCode !== 200) reject(new Error(`help was answered ${response.statusCode}`));
			response.resume().once('end', () => {
				answered += 1;
				resolve();
			});
		});
		sent.once('error', reject);
		sent.end(body);
	});
}

await Promise.all(
	Array.from({ length: atOnce }, async (_, worker) => {
		for (let number = 0; performance.now() < untilMs; number += 1) await pressHelp(`Load ${process.pid} ${worker} ${number}`);
	}),
);
agent.destroy();
console.log(answered);
