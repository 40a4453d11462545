/**
 * What SRTP costs a packet: `node bench/srtp.ts`. Best of five rounds, in microseconds, for 1,100 octets of payload and for 80.
 */
import { randomBytes } from 'node:crypto';
import { SRTP_MAX_OVERHEAD, SRTP_MAX_PACKET_LENGTH, SRTP_PROFILES, type SrtpProfile } from '../src/srtp/profile.ts';
import { SrtpReceiver } from '../src/srtp/srtp-receiver.ts';
import { SrtpSender } from '../src/srtp/srtp-sender.ts';

const HEADER = 20;
const ROUNDS = 5;
const PACKETS = 20_000;

for (const profile of Object.keys(SRTP_PROFILES) as SrtpProfile[]) {
	for (const payload of [1100, 80]) measure(profile, HEADER + payload);
}

function measure(profile: SrtpProfile, length: number): void {
	const { keyLength, saltLength } = SRTP_PROFILES[profile];
	const key = randomBytes(keyLength);
	const salt = randomBytes(saltLength);
	const sender = new SrtpSender(profile, key, salt);
	const receiver = new SrtpReceiver(profile, key, salt);
	const packet = Buffer.concat([Uint8Array.of(0x90, 96), randomBytes(length - 2)]);
	const plain = new Uint8Array(SRTP_MAX_PACKET_LENGTH);
	const sealed = Array.from({ length: PACKETS }, () => new Uint8Array(length + SRTP_MAX_OVERHEAD));
	let index = 0;
	let protectBest = Number.POSITIVE_INFINITY;
	let unprotectBest = Number.POSITIVE_INFINITY;
	for (let round = 0; round < ROUNDS; round++) {
		let protectedLength = 0;
		let start = performance.now();
		for (const out of sealed) {
			packet.writeUInt16BE(index & 0xffff, 2);
			protectedLength = sender.protectRtp(packet, HEADER, length, Math.floor(index / 0x10000), out);
			index++;
		}
		protectBest = Math.min(protectBest, performance.now() - start);
		start = performance.now();
		for (const datagram of sealed) {
			if (receiver.unprotectRtp(datagram, HEADER, protectedLength, plain) !== length) throw new Error('not restored');
		}
		unprotectBest = Math.min(unprotectBest, performance.now() - start);
	}
	const each = (ms: number) => ((ms * 1000) / PACKETS).toFixed(2);
	console.log(
		`${profile.padEnd(24)} ${String(length).padStart(5)} octets: protect ${each(protectBest)} µs, unprotect ${each(unprotectBest)} µs`,
	);
}
