import { describe, expect, test } from 'vitest';
import { rounds } from '../../test/support/rounds.ts';
import { type RandomSource, seededRandom } from '../../test/support/seeded-random.ts';
import { createTransform } from '../srtp/create-transform.ts';
import { SRTP_MAX_OVERHEAD, SRTP_MAX_PACKET_LENGTH, SRTP_PROFILES, type SrtpProfile } from '../srtp/profile.ts';
import { type SrtpTransform, TAG_MISMATCH } from '../srtp/transform.ts';
import { NativeTransform, nativeTransforms } from './native-transform.ts';
import { nativeAddon } from './testing/native-addon.ts';

const profiles: readonly SrtpProfile[] = ['AES128_CM_HMAC_SHA1_80', 'AEAD_AES_128_GCM'];
const LONGEST = SRTP_MAX_PACKET_LENGTH - SRTP_MAX_OVERHEAD;
const PACKETS_PER_KEY = 50;

const packet = Buffer.alloc(SRTP_MAX_PACKET_LENGTH);
const sealed = [Buffer.alloc(SRTP_MAX_PACKET_LENGTH), Buffer.alloc(SRTP_MAX_PACKET_LENGTH)] as const;
const plain = Buffer.alloc(SRTP_MAX_PACKET_LENGTH);

function whole(random: RandomSource, least: number, most: number): number {
	return least + Math.floor(random() * (most - least + 1));
}

function fill(random: RandomSource, bytes: Uint8Array): void {
	for (let at = 0; at < bytes.length; at += 1) bytes[at] = whole(random, 0, 255);
}

/** Both transforms protect the packet to the same bytes, each restores what the other made, and neither takes it when a bit is flipped. */
function compare(
	transforms: readonly [SrtpTransform, SrtpTransform],
	length: number,
	flippedBit: number,
	protect: (transform: SrtpTransform, out: Uint8Array) => number,
	unprotect: (transform: SrtpTransform, from: Uint8Array, sealedLength: number) => number,
): void {
	const lengths = transforms.map((transform, at) => protect(transform, sealed[at as 0 | 1]));
	const [sealedLength = 0] = lengths;
	expect(lengths[1]).toBe(sealedLength);
	if (sealed[0].compare(sealed[1], 0, sealedLength, 0, sealedLength) !== 0) expect(sealed[0].subarray(0, sealedLength)).toEqual(sealed[1]);
	const bit = flippedBit % (8 * sealedLength);
	transforms.forEach((transform, at) => {
		const from = sealed[(1 - at) as 0 | 1];
		expect(unprotect(transform, from, sealedLength)).toBe(length);
		expect(plain.compare(packet, 0, length, 0, length)).toBe(0);
		from[bit >> 3] = (from[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		expect(unprotect(transform, from, sealedLength)).toBe(TAG_MISMATCH);
	});
}

/** The packets are one random pool in which only the header and where the payload ends change: its bytes are as good as new ones. */
function* packets(seed: number, count: number, profile: SrtpProfile, least: number) {
	const random = seededRandom(seed);
	const addon = nativeAddon();
	const key = Buffer.alloc(SRTP_PROFILES[profile].keyLength);
	const salt = Buffer.alloc(SRTP_PROFILES[profile].saltLength);
	for (let done = 0; done < count; ) {
		for (const bytes of [key, salt, packet]) fill(random, bytes);
		const transforms = [createTransform(profile, key, salt), nativeTransforms(addon)(profile, key, salt)] as const;
		for (let at = 0; at < PACKETS_PER_KEY && done < count; at += 1, done += 1) {
			fill(random, packet.subarray(0, 40));
			yield { transforms, random, length: whole(random, least, LONGEST) };
		}
		transforms[1].close();
	}
}

describe.each(profiles)('%s', (profile) => {
	test(`${rounds(25_000)} random RTP packets are the same in TypeScript and in native code, both ways`, { timeout: 300_000 }, () => {
		for (const { transforms, random, length } of packets(21, rounds(25_000), profile, 12)) {
			const header = whole(random, 12, Math.min(length, 80));
			const rollover = whole(random, 0, 0xffffffff);
			compare(
				transforms,
				length,
				whole(random, 0, 1 << 20),
				(transform, out) => transform.protectRtp(packet, header, length, rollover, out),
				(transform, from, sealedLength) => transform.unprotectRtp(from, header, sealedLength, rollover, plain),
			);
		}
	});

	test(`${rounds(25_000)} random RTCP packets are too`, { timeout: 300_000 }, () => {
		for (const { transforms, random, length } of packets(22, rounds(25_000), profile, 8)) {
			const index = whole(random, 0, 0x7fffffff);
			const word = (transform: SrtpTransform, from: Uint8Array, sealedLength: number) =>
				Buffer.from(from).readUInt32BE(transform.rtcpIndexOffset(sealedLength));
			compare(
				transforms,
				length,
				whole(random, 0, 1 << 20),
				(transform, out) => {
					const sealedLength = transform.protectRtcp(packet, length, index, out);
					expect(word(transform, out, sealedLength)).toBe(0x80000000 + index);
					return sealedLength;
				},
				(transform, from, sealedLength) => {
					const eFlagAndIndex = word(transform, from, sealedLength);
					// Without the flag the receiver does not come so far.
					if (eFlagAndIndex < 0x80000000) return TAG_MISMATCH;
					return transform.unprotectRtcp(from, sealedLength, eFlagAndIndex - 0x80000000, plain);
				},
			);
		}
	});
});

test('the packets of RFC 7714 16 and 17, which come with session keys, are protected to the byte', () => {
	const keys = { key: Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'), salt: Buffer.from('517569642070726f2071756f', 'hex') };
	const stream = { ...keys, authenticationKey: new Uint8Array(0) };
	const transform = new NativeTransform(nativeAddon(), 'AEAD_AES_128_GCM', { rtp: stream, rtcp: stream });
	const rtp = Buffer.from('8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573', 'hex');
	expect(plain.toString('hex', 0, transform.protectRtp(rtp, 12, rtp.length, 0, plain))).toBe(
		'8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce',
	);
	const rtcp = Buffer.from(
		'81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef',
		'hex',
	);
	expect(plain.toString('hex', 0, transform.protectRtcp(rtcp, rtcp.length, 0x5d4, plain))).toBe(
		'81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4',
	);
	transform.close();
});

test('a transform that is closed protects nothing, whoever has its place now', () => {
	const addon = nativeAddon();
	const key = Buffer.alloc(16, 1);
	const create = nativeTransforms(addon);
	const closed = create('AEAD_AES_128_GCM', key, Buffer.alloc(12));
	closed.close();
	closed.close();
	const next = create('AEAD_AES_128_GCM', key, Buffer.alloc(12));
	expect(() => closed.protectRtp(packet, 12, 100, 0, plain)).toThrow(RangeError);
	expect(next.protectRtp(packet, 12, 100, 0, plain)).toBe(116);
	next.close();
});
