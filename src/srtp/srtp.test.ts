import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { nativeTransforms } from '../media/native-transform.ts';
import { nativeAddon } from '../media/testing/native-addon.ts';
import { type CreateTransform, createTransform } from './create-transform.ts';
import { SRTP_MAX_OVERHEAD, SRTP_MAX_PACKET_LENGTH, SRTP_PROFILES, type SrtpProfile } from './profile.ts';
import {
	SRTP_MALFORMED,
	SRTP_MAX_STREAMS,
	SRTP_NOT_AUTHENTIC,
	SRTP_REPLAYED,
	SRTP_TOO_MANY_STREAMS,
	SrtpReceiver,
} from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

const profiles: readonly SrtpProfile[] = ['AES128_CM_HMAC_SHA1_80', 'AEAD_AES_128_GCM'];
const SSRC = 0xcafebabe;

/** Of the implementation under test. */
let create: CreateTransform = createTransform;

function pair(profile: SrtpProfile) {
	const key = Buffer.alloc(SRTP_PROFILES[profile].keyLength, 0x5a);
	const salt = Buffer.alloc(SRTP_PROFILES[profile].saltLength, 0xc3);
	return { sender: new SrtpSender(profile, key, salt, create), receiver: new SrtpReceiver(profile, key, salt, create) };
}

function rtpPacket(sequence: number, payload: Uint8Array = Buffer.from('picture'), ssrc = SSRC): Buffer {
	const header = Buffer.from('8060000000000000000000', 'hex');
	const packet = Buffer.concat([header.subarray(0, 10), Buffer.alloc(2), payload]);
	packet.writeUInt16BE(sequence & 0xffff, 2);
	packet.writeUInt32BE(ssrc, 8);
	return packet;
}

function rtcpPacket(body: Uint8Array = Buffer.from('report'), ssrc = SSRC): Buffer {
	const packet = Buffer.concat([Buffer.from('80c9000100000000', 'hex'), body]);
	packet.writeUInt32BE(ssrc, 4);
	return packet;
}

function protect(sender: SrtpSender, packet: Uint8Array, rollover = 0, headerLength = 12): Buffer {
	const out = Buffer.alloc(packet.length + SRTP_MAX_OVERHEAD);
	return out.subarray(0, sender.protectRtp(packet, headerLength, packet.length, rollover, out));
}

function protectIndex(sender: SrtpSender, index: number): Buffer {
	return protect(sender, rtpPacket(index, Buffer.from(`packet ${index}`)), Math.floor(index / 65536));
}

function protectRtcp(sender: SrtpSender, packet: Uint8Array): Buffer {
	const out = Buffer.alloc(packet.length + SRTP_MAX_OVERHEAD);
	return out.subarray(0, sender.protectRtcp(packet, packet.length, out));
}

const room = Buffer.alloc(SRTP_MAX_PACKET_LENGTH);
const unprotect = (receiver: SrtpReceiver, packet: Uint8Array, headerLength = 12) =>
	receiver.unprotectRtp(packet, headerLength, packet.length, room);
const unprotectRtcp = (receiver: SrtpReceiver, packet: Uint8Array) => receiver.unprotectRtcp(packet, packet.length, room);

describe.each(['TypeScript', 'native code'])('in %s', (implementation) => {
	beforeEach(() => {
		create = implementation === 'TypeScript' ? createTransform : nativeTransforms(nativeAddon());
	});

	describe('the reference packets of libsrtp', () => {
		// test/srtp_driver.c of libsrtp: its SRTCP index starts at 1, ours at 0.
		const plainRtp = Buffer.from(`800f1234decafbadcafebabe${'ab'.repeat(16)}`, 'hex');
		const plainRtcp = Buffer.from(`81c8000bcafebabe${'ab'.repeat(16)}`, 'hex');
		const vectors = [
			{
				profile: 'AES128_CM_HMAC_SHA1_80',
				key: 'e1f97a0d3e018be0d64fa32c06de4139',
				salt: '0ec675ad498afeebb6960b3aabe6',
				srtp: '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb',
				srtcp: '81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798',
			},
			{
				profile: 'AEAD_AES_128_GCM',
				key: '000102030405060708090a0b0c0d0e0f',
				salt: 'a0a1a2a3a4a5a6a7a8a9aaab',
				srtp: '800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392',
				srtcp: '81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e80000001',
			},
		] as const;

		test.each(vectors)('$profile protects them to the byte and restores them', ({ profile, key, salt, srtp, srtcp }) => {
			const sender = new SrtpSender(profile, Buffer.from(key, 'hex'), Buffer.from(salt, 'hex'), create);
			const receiver = new SrtpReceiver(profile, Buffer.from(key, 'hex'), Buffer.from(salt, 'hex'), create);
			expect(protect(sender, plainRtp).toString('hex')).toBe(srtp);
			protectRtcp(sender, plainRtcp);
			expect(protectRtcp(sender, plainRtcp).toString('hex')).toBe(srtcp);
			expect(room.toString('hex', 0, unprotect(receiver, Buffer.from(srtp, 'hex')))).toBe(plainRtp.toString('hex'));
			expect(room.toString('hex', 0, unprotectRtcp(receiver, Buffer.from(srtcp, 'hex')))).toBe(plainRtcp.toString('hex'));
		});
	});

	describe.each(profiles)('%s', (profile) => {
		test('any packet comes back as it went, header in clear', () => {
			const { sender, receiver } = pair(profile);
			let index = 0;
			fc.assert(
				fc.property(fc.uint8Array({ maxLength: 1400, size: 'max' }), fc.integer({ min: 0, max: 20 }), (payload, extra) => {
					const packet = rtpPacket(index, payload);
					const headerLength = Math.min(12 + extra, packet.length);
					const sealed = protect(sender, packet, Math.floor(index / 65536), headerLength);
					expect(sealed.subarray(0, headerLength).equals(packet.subarray(0, headerLength))).toBe(true);
					expect(unprotect(receiver, sealed, headerLength)).toBe(packet.length);
					expect(room.subarray(0, packet.length).equals(packet)).toBe(true);
					expect(receiver.lastIndex).toBe(index);
					index += 700;
				}),
				{ numRuns: 200 },
			);
		});

		test('any RTCP packet comes back as it went', () => {
			const { sender, receiver } = pair(profile);
			fc.assert(
				fc.property(fc.uint8Array({ maxLength: 1400, size: 'max' }), (body) => {
					const packet = rtcpPacket(body);
					expect(unprotectRtcp(receiver, protectRtcp(sender, packet))).toBe(packet.length);
					expect(room.subarray(0, packet.length).equals(packet)).toBe(true);
				}),
				{ numRuns: 100 },
			);
		});

		test('the payload does not show', () => {
			const { sender } = pair(profile);
			expect(protect(sender, rtpPacket(1, Buffer.from('picture of a room'))).includes('picture')).toBe(false);
			expect(protectRtcp(sender, rtcpPacket(Buffer.from('report of a room'))).includes('report')).toBe(false);
		});

		test('the same packet under the same index gives the same bytes', () => {
			const { sender } = pair(profile);
			const first = protectIndex(sender, 70000);
			protectIndex(sender, 70001);
			expect(protectIndex(sender, 70000).equals(first)).toBe(true);
		});

		test('a packet with any one bit flipped is refused, and the right one is still taken after it', () => {
			const { sender, receiver } = pair(profile);
			const sealed = protectIndex(sender, 5);
			const sealedRtcp = protectRtcp(sender, rtcpPacket());
			for (let bit = 0; bit < sealed.length * 8; bit++) {
				sealed.writeUInt8(sealed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
				expect(unprotect(receiver, sealed)).toBe(SRTP_NOT_AUTHENTIC);
				sealed.writeUInt8(sealed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
			}
			for (let bit = 0; bit < sealedRtcp.length * 8; bit++) {
				sealedRtcp.writeUInt8(sealedRtcp.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
				expect(unprotectRtcp(receiver, sealedRtcp)).toBeLessThan(0);
				sealedRtcp.writeUInt8(sealedRtcp.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
			}
			expect(unprotect(receiver, sealed)).toBeGreaterThan(0);
			expect(unprotectRtcp(receiver, sealedRtcp)).toBeGreaterThan(0);
		});

		test('replays are refused', () => {
			const { sender, receiver } = pair(profile);
			const sealed = protectIndex(sender, 5);
			const sealedRtcp = protectRtcp(sender, rtcpPacket());
			expect(unprotect(receiver, sealed)).toBeGreaterThan(0);
			expect(unprotect(receiver, sealed)).toBe(SRTP_REPLAYED);
			expect(unprotectRtcp(receiver, sealedRtcp)).toBeGreaterThan(0);
			expect(unprotectRtcp(receiver, sealedRtcp)).toBe(SRTP_REPLAYED);
		});

		test('a packet 1,023 late is taken, one 1,024 late is not', () => {
			const { sender, receiver } = pair(profile);
			expect(unprotect(receiver, protectIndex(sender, 2000))).toBeGreaterThan(0);
			expect(unprotect(receiver, protectIndex(sender, 2000 - 1023))).toBeGreaterThan(0);
			expect(unprotect(receiver, protectIndex(sender, 2000 - 1024))).toBe(SRTP_REPLAYED);
		});

		test('a packet of a stream that died long ago cannot be replayed after the roll-over counter moved on', () => {
			const { sender, receiver } = pair(profile);
			const old = protectIndex(sender, 10);
			for (let index = 10; index < 140000; index += 20000) expect(unprotect(receiver, protectIndex(sender, index))).toBeGreaterThan(0);
			expect(unprotect(receiver, old)).toBeLessThan(0);
		});

		test.each(Array.from({ length: 16 }, (_, i) => 65536 - 8 + i))(
			'from %i on, loss and reordering over the wrap lose nothing that arrived',
			(start) => {
				const { sender, receiver } = pair(profile);
				const indices = Array.from({ length: 60 }, (_, i) => start - 20 + i).filter((index) => index % 7 !== 3);
				// Neighbours change places, and every tenth packet comes 9 late.
				for (let i = 0; i + 1 < indices.length; i += 3) [indices[i], indices[i + 1]] = [indices[i + 1] as number, indices[i] as number];
				for (let i = 0; i + 9 < indices.length; i += 10) indices.splice(i + 8, 0, ...indices.splice(i, 1));
				for (const index of indices) {
					const sealed = protectIndex(sender, index);
					expect(unprotect(receiver, sealed)).toBeGreaterThan(0);
					expect(receiver.lastIndex).toBe(index);
					expect(unprotect(receiver, sealed)).toBe(SRTP_REPLAYED);
				}
			},
		);

		test('a stream that starts 10 before the wrap and loses its first 20 packets is understood', () => {
			const { sender, receiver } = pair(profile);
			for (let index = 65526 + 20; index < 65526 + 80; index++) {
				expect(unprotect(receiver, protectIndex(sender, index))).toBeGreaterThan(0);
				expect(receiver.lastIndex).toBe(index);
			}
		});

		test('clear SRTCP is refused, authentic or not', () => {
			const { sender, receiver } = pair(profile);
			const sealed = protectRtcp(sender, rtcpPacket());
			const flag = profile === 'AEAD_AES_128_GCM' ? sealed.length - 4 : sealed.length - 14;
			expect(sealed.readUInt8(flag)).toBe(0x80);
			sealed.writeUInt8(0, flag);
			expect(unprotectRtcp(receiver, sealed)).toBe(SRTP_MALFORMED);
		});

		test('a packet cut anywhere is refused and nothing throws', () => {
			const { sender, receiver } = pair(profile);
			const sealed = protectIndex(sender, 5);
			const sealedRtcp = protectRtcp(sender, rtcpPacket());
			for (let length = 0; length < sealed.length; length++) expect(unprotect(receiver, sealed.subarray(0, length))).toBeLessThan(0);
			for (let length = 0; length < sealedRtcp.length; length++)
				expect(unprotectRtcp(receiver, sealedRtcp.subarray(0, length))).toBeLessThan(0);
			expect(receiver.unprotectRtp(sealed, 12, sealed.length + 1, room)).toBe(SRTP_MALFORMED);
			expect(receiver.unprotectRtp(Buffer.alloc(4000, 0x80), 12, 4000, Buffer.alloc(4000))).toBe(SRTP_MALFORMED);
			expect(receiver.unprotectRtp(sealed, sealed.length + 5, sealed.length, room)).toBe(SRTP_MALFORMED);
		});

		test('garbage is refused, never thrown at, and makes no stream', () => {
			const { sender, receiver } = pair(profile);
			fc.assert(
				fc.property(fc.uint8Array({ maxLength: 300, size: 'max' }), fc.nat({ max: 400 }), (bytes, headerLength) => {
					expect(unprotect(receiver, bytes, headerLength)).toBeLessThan(0);
					expect(unprotectRtcp(receiver, bytes)).toBeLessThan(0);
				}),
				{ numRuns: 500 },
			);
			for (let ssrc = 0; ssrc < SRTP_MAX_STREAMS; ssrc++)
				expect(unprotect(receiver, protect(sender, rtpPacket(1, Buffer.from('x'), ssrc)))).toBeGreaterThan(0);
		});

		test('one stream more than the limit is refused, the others go on', () => {
			const { sender, receiver } = pair(profile);
			for (let ssrc = 1; ssrc <= SRTP_MAX_STREAMS; ssrc++) {
				expect(unprotect(receiver, protect(sender, rtpPacket(1, Buffer.from('x'), ssrc)))).toBeGreaterThan(0);
				expect(unprotectRtcp(receiver, protectRtcp(sender, rtcpPacket(Buffer.alloc(4), ssrc)))).toBeGreaterThan(0);
			}
			expect(unprotect(receiver, protect(sender, rtpPacket(1, Buffer.from('x'), 9999)))).toBe(SRTP_TOO_MANY_STREAMS);
			expect(unprotectRtcp(receiver, protectRtcp(sender, rtcpPacket(Buffer.alloc(4), 9999)))).toBe(SRTP_TOO_MANY_STREAMS);
			expect(unprotect(receiver, protect(sender, rtpPacket(2, Buffer.from('x'), 7)))).toBeGreaterThan(0);
		});

		test('another key does not open it', () => {
			const { sender } = pair(profile);
			const { keyLength, saltLength } = SRTP_PROFILES[profile];
			const stranger = new SrtpReceiver(profile, Buffer.alloc(keyLength, 1), Buffer.alloc(saltLength, 1), create);
			expect(unprotect(stranger, protectIndex(sender, 1))).toBe(SRTP_NOT_AUTHENTIC);
			expect(unprotectRtcp(stranger, protectRtcp(sender, rtcpPacket()))).toBe(SRTP_NOT_AUTHENTIC);
		});

		test('a caller who breaks the rules hears of it', () => {
			const { sender } = pair(profile);
			const packet = rtpPacket(1);
			expect(() => sender.protectRtp(packet, 12, packet.length, 0, Buffer.alloc(packet.length))).toThrow(RangeError);
			expect(() => sender.protectRtp(packet, 4, packet.length, 0, room)).toThrow(RangeError);
			expect(() => sender.protectRtcp(packet, 4, room)).toThrow(RangeError);
			expect(() => new SrtpSender(profile, Buffer.alloc(15), Buffer.alloc(14), create)).toThrow(RangeError);
		});
	});
});
