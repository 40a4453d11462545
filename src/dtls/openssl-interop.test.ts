import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { SRTP_PROFILES, type SrtpProfile } from '../srtp/profile.ts';
import { createCertificate } from './certificate.ts';
import { type DtlsCloseReason, type DtlsKeys, DtlsSession } from './dtls-session.ts';
import { type ClientIdentity, createIdentities, hasOpenssl, OpensslClient } from './test-support/openssl-client.ts';
import { seeded } from './test-support/seeded-random.ts';

const available = hasOpenssl();
const identities = available ? createIdentities() : undefined;
/** Ends what a failed test left running. */
const running = new Set<() => Promise<void>>();
afterAll(async () => {
	for (const close of running) await close();
	identities?.remove();
});
const certificate = await createCertificate();
const bothProfiles: readonly SrtpProfile[] = ['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'];
const OFFER_BOTH = ['-use_srtp', 'SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM'];

/** Which datagrams reach the other side; counted from 0 in each direction. */
type Link = (direction: 'in' | 'out', count: number, datagram: Uint8Array) => Uint8Array | undefined;
const clear: Link = (_direction, _count, datagram) => datagram;

async function connect(identity: ClientIdentity | undefined, options: readonly string[], link: Link = clear) {
	const identityOptions = identity === undefined ? [] : ['-cert', identity.certificate, '-key', identity.key];
	const counts = { in: 0, out: 0 };
	let onConnected: (keys: DtlsKeys) => void = () => {};
	let onClosed: (reason: DtlsCloseReason) => void = () => {};
	const connected = new Promise<DtlsKeys>((resolve) => {
		onConnected = resolve;
	});
	const closed = new Promise<DtlsCloseReason>((resolve) => {
		onClosed = resolve;
	});
	const session = new DtlsSession({
		certificate,
		srtpProfiles: bothProfiles,
		send: (datagram) => {
			const passed = link('out', counts.out++, datagram);
			if (passed !== undefined) client.send(passed);
		},
		onConnected,
		onClosed,
		onFault: (error) => {
			throw error;
		},
	});
	const client = await OpensslClient.start([...identityOptions, ...options], (datagram) => {
		const passed = link('in', counts.in++, datagram);
		if (passed !== undefined) session.receive(passed);
	});
	const close = async () => {
		running.delete(close);
		session.close();
		await client.close();
	};
	running.add(close);
	return { session, client, connected, closed, close };
}

/** The server's keys in the exporter's order. */
const exported = (keys: DtlsKeys) =>
	Buffer.concat([keys.clientKey, keys.serverKey, keys.clientSalt, keys.serverSalt]).toString('hex').toUpperCase();

describe.skipIf(!available).concurrent('openssl s_client', () => {
	test.each([
		{ name: 'both profiles, ECDSA', key: 'ecdsa', options: OFFER_BOTH, profile: 'AEAD_AES_128_GCM' },
		{ name: 'AES-CM, RSA', key: 'rsa', options: ['-use_srtp', 'SRTP_AES128_CM_SHA1_80'], profile: 'AES128_CM_HMAC_SHA1_80' },
		{ name: 'GCM, P-256', key: 'ecdsa', options: ['-use_srtp', 'SRTP_AEAD_AES_128_GCM', '-groups', 'P-256'], profile: 'AEAD_AES_128_GCM' },
		{ name: 'a hello in fragments, RSA', key: 'rsa', options: [...OFFER_BOTH, '-mtu', '256'], profile: 'AEAD_AES_128_GCM' },
		{ name: 'PKCS #1 signatures', key: 'rsa', options: [...OFFER_BOTH, '-client_sigalgs', 'RSA+SHA512'], profile: 'AEAD_AES_128_GCM' },
		{ name: 'SHA-384 signatures', key: 'ecdsa', options: [...OFFER_BOTH, '-client_sigalgs', 'ECDSA+SHA384'], profile: 'AEAD_AES_128_GCM' },
	] as const)('with $name exports the same keys and is known by its certificate', async ({ key, options, profile }) => {
		const identity = identities?.[key];
		const { connected, client, close } = await connect(identity, options);
		const keys = await connected;
		const { keyLength, saltLength } = SRTP_PROFILES[profile];
		expect(keys.profile).toBe(profile);
		expect(exported(keys)).toBe((await client.keyingMaterial()).slice(0, 4 * (keyLength + saltLength)));
		const shown = new X509Certificate(readFileSync(identity?.certificate ?? ''));
		expect(keys.remoteFingerprint('sha-256')).toBe(shown.fingerprint256);
		expect(keys.remoteFingerprint('sha-512')).toBe(shown.fingerprint512);
		await close();
	});

	test('without a certificate is not connected, however often it repeats its flight', async () => {
		let seen: () => void = () => {};
		const repeated = new Promise<void>((resolve) => {
			seen = resolve;
		});
		const { connected, close } = await connect(undefined, [...OFFER_BOTH, '-timeout'], (direction, count, datagram) => {
			if (direction === 'in' && count === 3) seen();
			return datagram;
		});
		expect(await Promise.race([connected, repeated.then(() => 'still not connected')])).toBe('still not connected');
		await close();
	}, 15_000);

	test('learns that we close, and we learn that it does', async () => {
		const ours = await connect(identities?.ecdsa, OFFER_BOTH);
		await ours.connected;
		await ours.client.keyingMaterial();
		ours.session.close();
		await ours.client.exited;
		await ours.close();

		const theirs = await connect(identities?.ecdsa, OFFER_BOTH);
		await theirs.connected;
		await theirs.client.keyingMaterial();
		theirs.client.quit();
		expect(await theirs.closed).toBe('closed-by-peer');
		await theirs.close();
	});

	test.each([1, 2])(
		'is connected though the first %i datagrams are lost each way',
		async (lost) => {
			const { connected, client, close } = await connect(identities?.ecdsa, [...OFFER_BOTH, '-timeout'], (_direction, count, datagram) =>
				count < lost ? undefined : datagram,
			);
			const keys = await connected;
			expect((await client.keyingMaterial()).startsWith(exported(keys))).toBe(true);
			await close();
		},
		25_000,
	);

	// OpenSSL repeats itself after 1, 2, 4 s; the loss ends after a dozen datagrams so that no run takes long.
	test.each([1, 2, 3, 4, 5, 6])(
		'is connected through heavy loss in fragments of 400 octets, seed %i',
		async (seed) => {
			const random = seeded(seed);
			const lost = { in: Array.from({ length: 12 }, () => random() < 0.3), out: Array.from({ length: 4 }, () => random() < 0.3) };
			const { connected, client, close } = await connect(
				identities?.rsa,
				[...OFFER_BOTH, '-timeout', '-mtu', '400'],
				(direction, count, datagram) => (lost[direction][count] === true ? undefined : datagram),
			);
			const keys = await connected;
			expect((await client.keyingMaterial()).startsWith(exported(keys))).toBe(true);
			await close();
		},
		25_000,
	);

	test('is connected while others send hundreds of damaged copies of what it sends', async () => {
		const random = seeded(99);
		const strangers = Array.from(
			{ length: 8 },
			() =>
				new DtlsSession({
					certificate,
					srtpProfiles: bothProfiles,
					send: () => {},
					onConnected: () => {},
					onClosed: () => {},
					onFault: () => {},
				}),
		);
		let damaged = 0;
		const peer = await connect(identities?.ecdsa, OFFER_BOTH, (direction, _count, datagram) => {
			for (const stranger of direction === 'in' ? strangers : []) {
				for (let i = 0; i < 40; i++, damaged++) {
					const copy = Buffer.from(datagram);
					const at = Math.floor(random() * copy.length);
					copy.writeUInt8(copy.readUInt8(at) ^ (1 + Math.floor(random() * 255)), at);
					stranger.receive(random() < 0.7 ? copy : copy.subarray(0, at));
				}
			}
			return datagram;
		});
		const keys = await peer.connected;
		expect((await peer.client.keyingMaterial()).startsWith(exported(keys))).toBe(true);
		expect(damaged).toBeGreaterThan(500);
		for (const stranger of strangers) stranger.close();
		await peer.close();
	});
});
