import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes, addressText } from './ip-address.ts';
import { decodeXorAddress, encodeXorAddress } from './xor-mapped-address.ts';

describe('an IP address', () => {
	it('comes back from its bytes in canonical text', () => {
		const canonical: readonly [string, string][] = [
			['192.0.2.1', '192.0.2.1'],
			['::', '::'],
			['::1', '::1'],
			['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
			['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
			['fe80::1%eth0', 'fe80::1'],
			['1::', '1::'],
			['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
			['::ffff:10.1.2.3', '10.1.2.3'],
			['::FFFF:0a01:0203', '10.1.2.3'],
		];
		for (const [text, wanted] of canonical) {
			const bytes = addressBytes(text);
			expect(bytes && addressText(bytes)).toBe(wanted);
		}
	});

	it('that is mapped into IPv6 has four bytes', () => {
		expect(addressBytes('::ffff:10.1.2.3')).toEqual(Uint8Array.from([10, 1, 2, 3]));
	});

	it('is refused when it is none', () => {
		const wrong = [
			'',
			'1.2.3',
			'1.2.3.4.5',
			'256.1.1.1',
			'01.2.3.4',
			'1.2.3.4%eth0',
			':',
			':::',
			'1::2::3',
			'1:2:3:4:5:6:7',
			'1:2:3:4:5:6:7:8:9',
		];
		for (const text of [
			...wrong,
			'1:2:3:4:5:6:7::8',
			'12345::',
			'g::',
			'::1.2.3',
			'1.2.3.4::',
			'example.org',
			':1:2:3:4:5:6:7',
			'f'.repeat(100),
		]) {
			expect(addressBytes(text), text).toBeUndefined();
		}
	});

	it('of any bytes survives text and XOR', () => {
		const bytes = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }));
		const id = fc.uint8Array({ minLength: 12, maxLength: 12 });
		fc.assert(
			fc.property(bytes, id, fc.integer({ min: 0, max: 65535 }), (address, transactionId, port) => {
				const text = addressText(address);
				expect(addressBytes(text)).toEqual(address);
				expect(decodeXorAddress(encodeXorAddress({ address: text, port }, transactionId), transactionId)).toEqual({ address: text, port });
			}),
		);
	});

	it('is not read from a value whose length does not match its family', () => {
		const id = new Uint8Array(12);
		expect(decodeXorAddress(Uint8Array.from([0, 1, 0, 0, 1, 2, 3]), id)).toBeUndefined();
		expect(decodeXorAddress(Uint8Array.from([0, 2, 0, 0, 1, 2, 3, 4]), id)).toBeUndefined();
		expect(decodeXorAddress(Uint8Array.from([0, 3, 0, 0, 1, 2, 3, 4]), id)).toBeUndefined();
		expect(decodeXorAddress(new Uint8Array(0), id)).toBeUndefined();
	});
});
