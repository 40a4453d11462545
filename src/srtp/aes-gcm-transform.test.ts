import { expect, test } from 'vitest';
import { AesGcmTransform } from './aes-gcm-transform.ts';

// RFC 7714 16 and 17 give session keys, so these vectors stand below key derivation.
const keys = {
	key: Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'),
	salt: Buffer.from('517569642070726f2071756f', 'hex'),
};
const rtp = '8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573';
const srtp =
	'8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce';
const rtcp = '81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef';
const srtcp =
	'81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4';
const SRTCP_INDEX = 0x5d4;

test('an RTP packet is protected as in RFC 7714 16.1.1 and restored as in 16.1.2', () => {
	const transform = new AesGcmTransform(keys, keys);
	const plain = Buffer.from(rtp, 'hex');
	const out = Buffer.alloc(128);
	expect(out.toString('hex', 0, transform.protectRtp(plain, 12, plain.length, 0, out))).toBe(srtp);
	const sealed = Buffer.from(srtp, 'hex');
	expect(out.toString('hex', 0, transform.unprotectRtp(sealed, 12, sealed.length, 0, out))).toBe(rtp);
});

test('an RTCP packet is protected as in RFC 7714 17.1 and restored as in 17.2', () => {
	const transform = new AesGcmTransform(keys, keys);
	const plain = Buffer.from(rtcp, 'hex');
	const out = Buffer.alloc(128);
	expect(out.toString('hex', 0, transform.protectRtcp(plain, plain.length, SRTCP_INDEX, out))).toBe(srtcp);
	const sealed = Buffer.from(srtcp, 'hex');
	expect(sealed.readUInt32BE(transform.rtcpIndexOffset(sealed.length))).toBe(0x80000000 + SRTCP_INDEX);
	expect(out.toString('hex', 0, transform.unprotectRtcp(sealed, sealed.length, SRTCP_INDEX, out))).toBe(rtcp);
});
