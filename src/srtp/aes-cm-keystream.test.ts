import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { AesCmKeystream } from './aes-cm-keystream.ts';
import { SRTP_MAX_PACKET_LENGTH } from './profile.ts';

const key = Buffer.from('2B7E151628AED2A6ABF7158809CF4F3C', 'hex');
const salt = Buffer.from('F0F1F2F3F4F5F6F7F8F9FAFBFCFD', 'hex');

test('the key stream is that of RFC 3711 B.2', () => {
	const out = Buffer.alloc(48);
	new AesCmKeystream(key, salt).apply(Buffer.alloc(48), 0, 48, 0, 0, 0, out);
	expect(out.toString('hex').toUpperCase()).toBe(
		'E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0',
	);
});

test('every block of the longest packet is counted, whatever SSRC and index', () => {
	const stream = new AesCmKeystream(key, salt);
	// RFC 3711 4.1.1: IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16)
	const iv = Buffer.concat([salt, Buffer.alloc(2)]);
	const index = Buffer.from('00000000cafebabefedcba9876540000', 'hex');
	for (let i = 0; i < iv.length; i++) iv.writeUInt8(iv.readUInt8(i) ^ index.readUInt8(i), i);
	const input = Buffer.alloc(SRTP_MAX_PACKET_LENGTH, 0xab);
	const out = Buffer.alloc(SRTP_MAX_PACKET_LENGTH);
	stream.apply(Buffer.alloc(40), 0, 40, 1, 2, 3, Buffer.alloc(40));
	stream.apply(input, 0, input.length, 0xcafebabe, 0xfedcba98, 0x7654, out);
	expect(out.equals(createCipheriv('aes-128-ctr', key, iv).update(input))).toBe(true);
});

test('bytes before and after the range stay as they were', () => {
	const out = Buffer.alloc(32, 0x11);
	new AesCmKeystream(key, salt).apply(Buffer.alloc(32), 5, 27, 1, 2, 3, out);
	expect(out.subarray(0, 5).equals(Buffer.alloc(5, 0x11))).toBe(true);
	expect(out.subarray(27).equals(Buffer.alloc(5, 0x11))).toBe(true);
});
