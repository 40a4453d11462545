import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HmacSha1 } from './hmac-sha1.ts';
import { SRTP_MAX_PACKET_LENGTH } from './profile.ts';

test('the code is that of RFC 2202 test case 1', () => {
	const mac = new HmacSha1(Buffer.alloc(20, 0x0b));
	mac.compute(Buffer.from('Hi There'), 8);
	const out = Buffer.alloc(20);
	mac.write(out, 0, 20);
	expect(out.toString('hex')).toBe('b617318655057264e28bc0b6fb378c8ef146be00');
});

test('any message with any trailing word gets the code that OpenSSL computes', () => {
	fc.assert(
		fc.property(
			fc.uint8Array({ minLength: 20, maxLength: 20 }),
			fc.uint8Array({ maxLength: SRTP_MAX_PACKET_LENGTH, size: 'max' }),
			fc.nat(),
			(key, message, word) => {
				const mac = new HmacSha1(key);
				const trailer = Buffer.alloc(4);
				trailer.writeUInt32BE(word);
				mac.computeWithWord(message, message.length, word);
				expect(mac.matches(createHmac('sha1', key).update(message).update(trailer).digest(), 0, 20)).toBe(true);
				mac.compute(message, message.length);
				expect(mac.matches(createHmac('sha1', key).update(message).digest(), 0, 20)).toBe(true);
			},
		),
		{ numRuns: 60 },
	);
});
