import { expect, test } from 'vitest';
import { deriveSessionKey, KeyLabel } from './key-derivation.ts';

const masterKey = Buffer.from('E1F97A0D3E018BE0D64FA32C06DE4139', 'hex');
const masterSalt = Buffer.from('0EC675AD498AFEEBB6960B3AABE6', 'hex');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();

test('session keys are those of RFC 3711 B.3', () => {
	expect(hex(deriveSessionKey(masterKey, masterSalt, KeyLabel.rtpEncryption, 16))).toBe('C61E7A93744F39EE10734AFE3FF7A087');
	expect(hex(deriveSessionKey(masterKey, masterSalt, KeyLabel.rtpSalt, 14))).toBe('30CBBC08863D8C85D49DB34A9AE1');
	expect(hex(deriveSessionKey(masterKey, masterSalt, KeyLabel.rtpAuthentication, 94))).toBe(
		'CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC25' +
			'6D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2',
	);
});

test('a 96-bit salt counts as one padded with zeros on the right, as RFC 7714 11 says', () => {
	const salt = masterSalt.subarray(0, 12);
	const padded = Buffer.concat([salt, Buffer.alloc(2)]);
	expect(hex(deriveSessionKey(masterKey, salt, KeyLabel.rtpSalt, 12))).toBe(hex(deriveSessionKey(masterKey, padded, KeyLabel.rtpSalt, 12)));
});
