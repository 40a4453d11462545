/** The test vectors of RFC 5769. */
import { describe, expect, it } from 'vitest';
import { buildStun } from './builder.ts';
import { hasFingerprint } from './fingerprint.ts';
import { iceControlledOf } from './ice-controlled.ts';
import { BINDING_METHOD, parseStun, type StunMessage } from './message.ts';
import { hasIntegrity } from './message-integrity.ts';
import { priorityOf } from './priority.ts';
import { software, softwareOf } from './software.ts';
import { usernameOf } from './username.ts';
import { xorMappedAddress, xorMappedAddressOf } from './xor-mapped-address.ts';

const password = 'VOkJxbRl1RmTxUk/WvJxBt';

function vector(hex: string): Uint8Array {
	return Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
}

function parsed(bytes: Uint8Array): StunMessage {
	const message = parseStun(bytes, bytes.length);
	if (message === undefined) throw new Error('the vector does not parse');
	return message;
}

/** Section 2.1; its user name is padded with spaces. */
const sampleRequest = vector(`
	00010058 2112a442 b7e7a701bc34d686fa87dfae
	80220010 5354554e207465737420636c69656e74
	00240004 6e0001ff
	80290008 932ff9b151263b36
	00060009 6576746a3a68367659202020
	00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
	80280004 e57a3bcf`);

/** Section 2.2; its software name is padded with a space. */
const ipv4Response = vector(`
	0101003c 2112a442 b7e7a701bc34d686fa87dfae
	8022000b 7465737420766563746f7220
	00200008 0001a147e112a643
	00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7
	80280004 c07d4c96`);

/** Section 2.3. */
const ipv6Response = vector(`
	01010048 2112a442 b7e7a701bc34d686fa87dfae
	8022000b 7465737420766563746f7220
	00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9
	00080014 a382954e4be67bf11784c97c8292c275bfe3ed41
	80280004 c8fb0b4c`);

/** Section 2.4: long-term credentials, no fingerprint. */
const longTermRequest = vector(`
	00010060 2112a442 78ad3433c6ad72c029da412e
	00060012 e3839ee38388e383aae38383e382afe382b90000
	0015001c 662f2f3439396b39353464364f4c33346f4c394653547679363473 41
	0014000b 6578616d706c652e6f726700
	00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666`);

describe('RFC 5769', () => {
	it('2.1: sample request', () => {
		const message = parsed(sampleRequest);
		expect(message).toMatchObject({ method: BINDING_METHOD, messageClass: 'request' });
		expect(softwareOf(message)).toBe('STUN test client');
		expect(priorityOf(message)).toBe(0x6e0001ff);
		expect(iceControlledOf(message)).toBe(0x932ff9b151263b36n);
		expect(usernameOf(message)).toBe('evtj:h6vY');
		expect(hasIntegrity(message, password)).toBe(true);
		expect(hasFingerprint(message)).toBe(true);
	});

	it('2.2: sample IPv4 response', () => {
		const message = parsed(ipv4Response);
		expect(message).toMatchObject({ method: BINDING_METHOD, messageClass: 'success' });
		expect(softwareOf(message)).toBe('test vector');
		expect(xorMappedAddressOf(message)).toEqual({ address: '192.0.2.1', port: 32853 });
		expect(hasIntegrity(message, password)).toBe(true);
		expect(hasFingerprint(message)).toBe(true);
	});

	it('2.3: sample IPv6 response', () => {
		const message = parsed(ipv6Response);
		expect(xorMappedAddressOf(message)).toEqual({ address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32853 });
		expect(hasIntegrity(message, password)).toBe(true);
		expect(hasFingerprint(message)).toBe(true);
	});

	it('2.4: sample request with long-term authentication', async () => {
		const { createHash } = await import('node:crypto');
		const message = parsed(longTermRequest);
		const name = 'マトリックス';
		expect(usernameOf(message)).toBe(name);
		const key = createHash('md5').update(`${name}:example.org:TheMatrIX`).digest();
		expect(hasIntegrity(message, key)).toBe(true);
		expect(hasIntegrity(message, 'TheMatrIX')).toBe(false);
		expect(hasFingerprint(message)).toBe(false);
	});

	it('the responses are built byte for byte, but for the padding, which is zero here', () => {
		const { transactionId } = parsed(ipv6Response);
		const mapped = { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32853 };
		const built = buildStun({
			method: BINDING_METHOD,
			messageClass: 'success',
			transactionId,
			attributes: [software('test vector'), xorMappedAddress(mapped, transactionId)],
			integrityKey: password,
			fingerprint: true,
		});
		const paddingAt = 35;
		expect(built.length).toBe(ipv6Response.length);
		expect(built.subarray(0, paddingAt)).toEqual(ipv6Response.subarray(0, paddingAt));
		expect(built.subarray(36, 60)).toEqual(ipv6Response.subarray(36, 60));
		expect(hasIntegrity(parsed(built), password)).toBe(true);
		expect(hasFingerprint(parsed(built))).toBe(true);
	});
});
