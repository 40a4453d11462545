/**
 * What receiving and unprotecting one packet costs: `node bench/ingress.ts [packets/s]`. Another process sends 1,120 octets at an even pace to
 * one socket; processor time of the receiving process per packet, by what receives and what unprotects.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadNative } from '../src/media/load-native.ts';
import type { MediaSocket } from '../src/media/media-socket.ts';
import { NativeSocket } from '../src/media/native-socket.ts';
import { nativeTransforms } from '../src/media/native-transform.ts';
import { UdpSocket } from '../src/media/udp-socket.ts';
import { sweepArrayBuffersHere } from '../src/runtime/array-buffers.ts';
import { SRTP_PROFILES, type SrtpProfile } from '../src/srtp/profile.ts';
import { SrtpReceiver } from '../src/srtp/srtp-receiver.ts';
import { SrtpSender } from '../src/srtp/srtp-sender.ts';

const PACKET_BYTES = 1120;
const HEADER_BYTES = 20;
const SECONDS = 4;
const key = new Uint8Array(16).fill(1);

sweepArrayBuffersHere();
const [first, second, third] = process.argv.slice(2);
if (first === 'send') await send(Number(second), Number(third));
else await measureAll(Number(first ?? 8000));

async function measureAll(rate: number): Promise<void> {
	const { addon } = loadNative(true);
	for (const profile of Object.keys(SRTP_PROFILES) as SrtpProfile[]) {
		const salt = new Uint8Array(SRTP_PROFILES[profile].saltLength);
		const plain = new SrtpReceiver(profile, key, salt);
		await measure(`TypeScript, ${profile}`, profile, rate, await UdpSocket.bind('::', 0), plain);
		if (addon === undefined) continue;
		const native = new SrtpReceiver(profile, key, salt, nativeTransforms(addon));
		await measure(
			`native socket, ${profile} in TypeScript`,
			profile,
			rate,
			NativeSocket.bind(addon, '::', 0),
			new SrtpReceiver(profile, key, salt),
		);
		await measure(`native socket, ${profile} native`, profile, rate, NativeSocket.bind(addon, '::', 0), native);
		native.close();
	}
}

async function measure(name: string, profile: SrtpProfile, rate: number, socket: MediaSocket, receiver: SrtpReceiver): Promise<void> {
	const plain = new Uint8Array(2048);
	let received = 0;
	socket.onDatagram((bytes, length) => {
		if (receiver.unprotectRtp(bytes, HEADER_BYTES, length, plain) === PACKET_BYTES) received += 1;
	});
	const sender = spawn(process.execPath, [import.meta.filename, 'send', String(socket.port), String(rate)], {
		stdio: ['ignore', 'inherit', 'inherit'],
		env: { ...process.env, PROFILE: profile },
	});
	const ended = once(sender, 'close');
	while (received < rate / 2) await new Promise((resolve) => setTimeout(resolve, 50));
	const before = { ...process.cpuUsage(), received };
	await ended;
	const { user, system } = process.cpuUsage(before);
	console.log(
		`${name}: ${((user + system) / (received - before.received)).toFixed(2)} µs (user ${(user / (received - before.received)).toFixed(2)}) for each of ${received - before.received}`,
	);
	await socket.close();
}

async function send(port: number, rate: number): Promise<void> {
	const { PROFILE: profile } = process.env;
	if (profile !== 'AEAD_AES_128_GCM' && profile !== 'AES128_CM_HMAC_SHA1_80') return;
	const sender = new SrtpSender(profile, key, new Uint8Array(SRTP_PROFILES[profile].saltLength));
	const socket = await UdpSocket.bind('127.0.0.1', 0);
	const packet = new Uint8Array(PACKET_BYTES);
	packet[0] = 0x90;
	const startMs = performance.now();
	let index = 0;
	while (index < rate * SECONDS) {
		const due = Math.min(rate * SECONDS, ((performance.now() - startMs) * rate) / 1000);
		for (; index < due; index += 1) {
			packet[2] = index >>> 8;
			packet[3] = index;
			const out = socket.slot();
			socket.send(out, sender.protectRtp(packet, HEADER_BYTES, PACKET_BYTES, index >>> 16, out), '127.0.0.1', port);
		}
		await new Promise((resolve) => setImmediate(resolve));
	}
	await socket.close();
}
