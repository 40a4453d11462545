import { createPublicKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SRTP_PROFILES, type SrtpProfile } from '../srtp/profile.ts';
import { createCertificate } from './certificate.ts';
import { bitString, explicit, integer, objectId, sequence, set, time, utf8String } from './der.ts';
import { type DtlsCloseReason, type DtlsKeys, DtlsSession, type DtlsSessionOptions } from './dtls-session.ts';
import { fingerprintOf } from './fingerprint.ts';
import { ContentType } from './record.ts';
import { type ClientScript, ScriptedClient } from './test-support/scripted-client.ts';
import { seeded } from './test-support/seeded-random.ts';

const [serverCertificate, victim, thief] = await Promise.all([createCertificate(), createCertificate(), createCertificate()]);
const bothProfiles: readonly SrtpProfile[] = ['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'];
const honest: ClientScript = { certificate: victim };
const GARBAGE = Buffer.alloc(40, 0xaa);

function server(srtpProfiles = bothProfiles, roundTripMs?: number) {
	let sent: Uint8Array[] = [];
	const connected: DtlsKeys[] = [];
	const closed: DtlsCloseReason[] = [];
	const session = new DtlsSession({
		certificate: serverCertificate,
		srtpProfiles,
		roundTripMs,
		send: (datagram) => sent.push(datagram),
		onConnected: (keys) => connected.push(keys),
		onClosed: (reason) => closed.push(reason),
		onFault: (error) => {
			throw error;
		},
	});
	return {
		session,
		connected,
		closed,
		sent: () => sent,
		/** Gives the datagrams to the session and returns what it answers at once. */
		exchange(...datagrams: readonly Uint8Array[]): Uint8Array[] {
			sent = [];
			for (const datagram of datagrams) session.receive(datagram);
			return sent;
		},
		/** Moves time and returns what the session sends meanwhile. */
		async wait(ms: number): Promise<Uint8Array[]> {
			sent = [];
			await vi.advanceTimersByTimeAsync(ms);
			return sent;
		},
	};
}

function handshake(script: ClientScript, peer = server()) {
	const client = new ScriptedClient(script);
	const flight = client.answer(peer.exchange(...client.hello()));
	return { ...peer, client, flight, last: peer.exchange(...flight) };
}

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

describe('an honest client', () => {
	test.each([
		{ name: 'both profiles', script: honest, profile: 'AEAD_AES_128_GCM' },
		{ name: 'AES-CM only', script: { ...honest, srtpProfileIds: [1] }, profile: 'AES128_CM_HMAC_SHA1_80' },
		{ name: 'GCM only', script: { ...honest, srtpProfileIds: [8, 7] }, profile: 'AEAD_AES_128_GCM' },
		{ name: 'P-256 only', script: { ...honest, groups: [24, 23] }, profile: 'AEAD_AES_128_GCM' },
		{ name: 'no extended master secret', script: { ...honest, extendedMasterSecret: false }, profile: 'AEAD_AES_128_GCM' },
	] as const)('that offers $name is connected, both sides with the same keys', ({ script, profile }) => {
		const { client, connected, closed, last, session } = handshake(script);
		expect(client.isFinishedBy(last)).toBe(true);
		expect(closed).toEqual([]);
		expect(connected).toHaveLength(1);
		expect(connected[0]?.profile).toBe(profile);
		expect(client.serverProfile).toBe(SRTP_PROFILES[profile].dtlsId);
		expect(connected[0]).toMatchObject(client.srtpKeys(SRTP_PROFILES[profile].saltLength));
		expect(connected[0]?.remoteFingerprint('sha-256')).toBe(victim.fingerprint);
		expect(connected[0]?.remoteFingerprint('sha-512')).toBe(fingerprintOf(victim.der, 'sha-512'));
		session.close();
	});

	test('gets our first choice among what it offers', () => {
		const { connected, session } = handshake(honest, server(['AES128_CM_HMAC_SHA1_80', 'AEAD_AES_128_GCM']));
		expect(connected[0]?.profile).toBe('AES128_CM_HMAC_SHA1_80');
		session.close();
	});

	test('is connected when its hello comes in small pieces, backwards and twice', () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		const pieces = client.hello(20);
		expect(pieces.length).toBeGreaterThan(4);
		const flight = client.answer(peer.exchange(...pieces.slice(2).reverse(), ...pieces.slice(1, 3), ...pieces));
		peer.exchange(...flight);
		expect(peer.connected).toHaveLength(1);
		peer.session.close();
	});

	test('whose second piece was lost is understood when only that comes again', async () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		const [first, ...rest] = client.hello(60);
		expect(peer.exchange(first as Uint8Array)).toEqual([]);
		await peer.wait(8000);
		peer.exchange(...client.answer(peer.exchange(...rest)));
		expect(peer.connected).toHaveLength(1);
		peer.session.close();
	});

	test('whose Finished overtakes the messages before it is connected', () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		const records = client.answer(peer.exchange(...client.hello())).flatMap(splitRecords);
		peer.exchange(...records.reverse());
		expect(peer.connected).toHaveLength(1);
		peer.session.close();
	});

	test('that repeats a piece of its hello gets the flight again, once for all pieces', async () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		peer.exchange(...client.hello());
		await peer.wait(100);
		const again = peer.exchange(...client.hello(60));
		expect(again).toHaveLength(1);
		peer.exchange(...client.answer(again));
		expect(peer.connected).toHaveLength(1);
		peer.session.close();
	});

	test('that lost our Finished and repeats its flight gets it again', async () => {
		const { wait, exchange, client, flight, connected, session } = handshake(honest);
		await wait(1000);
		expect(exchange(...flight)).toEqual([]); // the very same records are replays
		const again = exchange(client.sealed(ContentType.handshake, Buffer.alloc(24)));
		expect(client.isFinishedBy(again)).toBe(true);
		expect(connected).toHaveLength(1);
		session.close();
	});

	test('is told when the session closes, once', () => {
		const { session, client, closed, exchange, sent } = handshake(honest);
		exchange();
		session.close();
		const goodbye = sent();
		expect(client.open(goodbye)).toEqual([Buffer.from([1, 0])]);
		session.close();
		expect(goodbye).toHaveLength(1);
		expect(closed).toEqual([]);
	});

	test('that says goodbye, or raises a fatal alert, closes the session', () => {
		const leaving = handshake(honest);
		leaving.exchange(leaving.client.sealed(ContentType.alert, Buffer.from([1, 0])));
		expect(leaving.closed).toEqual(['closed-by-peer']);
		const failing = handshake(honest);
		failing.exchange(failing.client.sealed(ContentType.alert, Buffer.from([2, 40])));
		expect(failing.closed).toEqual(['alert']);
		expect(failing.exchange(...failing.client.hello())).toEqual([]);
	});
});

describe('a dishonest client', () => {
	test.each([
		{ name: 'shows no certificate', script: { certificate: undefined }, reason: 'no-certificate' },
		{ name: 'shows no certificate but signs', script: { certificate: undefined, signWith: thief }, reason: 'no-certificate' },
		{ name: 'shows a certificate that is not its own', script: { certificate: victim, signWith: thief }, reason: 'not-authentic' },
		{ name: 'leaves the proof out', script: { certificate: victim, withoutProof: true }, reason: 'incomplete' },
		{ name: 'finishes wrongly', script: { certificate: victim, wrongFinished: true }, reason: 'not-authentic' },
		{ name: 'shows a certificate that is none', script: { certificate: { ...victim, der: GARBAGE } }, reason: 'no-certificate' },
	] as const)('that $name is not connected, and the time limit ends it', async ({ script, reason }) => {
		const { connected, closed, wait } = handshake(script);
		expect(connected).toEqual([]);
		await wait(30_000);
		expect(closed).toEqual([reason]);
		expect(connected).toEqual([]);
	});

	test.each([
		{ name: 'cipher suite', script: { ...honest, cipherSuites: [0xc02f, 0x1301] } },
		{ name: 'group', script: { ...honest, groups: [24, 25] } },
		{ name: 'SRTP profile', script: { ...honest, srtpProfileIds: [2, 8] } },
	])('with no $name in common gets no answer, and the time limit ends it', async ({ script }) => {
		const peer = server();
		expect(peer.exchange(...new ScriptedClient(script).hello())).toEqual([]);
		await peer.wait(30_000);
		expect(peer.closed).toEqual(['nothing-in-common']);
	});

	test('that closes in clear closes nothing', () => {
		const { exchange, closed, session } = handshake(honest);
		exchange(Buffer.from('15fefd0000000000000063000201 00'.replace(' ', ''), 'hex'), Buffer.from('15fefd000000000000006400020228', 'hex'));
		expect(closed).toEqual([]);
		session.close();
	});

	test('that begins a new handshake over a finished one is not heard', () => {
		const { exchange, session, connected } = handshake(honest);
		expect(exchange(...new ScriptedClient({ certificate: thief }).hello())).toEqual([]);
		expect(connected).toHaveLength(1);
		session.close();
	});

	test('that sends ever new hellos gets a bounded number of answers, and the time limit ends it', async () => {
		const peer = server();
		let answered = 0;
		for (let i = 0; i < 200; i++) answered += peer.exchange(...new ScriptedClient(honest).hello()).length;
		expect(answered).toBeLessThan(10);
		expect(peer.closed).toEqual([]);
		await peer.wait(30_000);
		expect(peer.closed).toEqual(['incomplete']);
	});

	test('that sends ever new wrong proofs is given up after a bounded amount of work', () => {
		const peer = server();
		const client = new ScriptedClient({ certificate: victim, signWith: thief });
		client.answer(peer.exchange(...client.hello()));
		let rounds = 0;
		for (; rounds < 200 && peer.closed.length === 0; rounds++) peer.exchange(...client.repeatFlight());
		expect(rounds).toBeLessThan(15);
		expect(peer.closed).toEqual(['not-authentic']);
	});

	test('that shows a key whose signatures take long to check costs next to nothing', () => {
		const modulus = Buffer.alloc(384, 0xff);
		const exponent = Buffer.alloc(383, 0xff);
		const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') };
		const slow = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' });
		const peer = server();
		const client = new ScriptedClient({ certificate: { ...victim, der: certificateOf(slow) }, proof: { scheme: 0x0401, length: 384 } });
		client.answer(peer.exchange(...client.hello()));
		const startMs = process.cpuUsage().user;
		for (let i = 0; i < 50; i++) peer.exchange(...client.repeatFlight());
		expect((process.cpuUsage().user - startMs) / 1000).toBeLessThan(150);
		peer.session.close();
		expect(peer.connected).toEqual([]);
	});

	test('that fills the fragment buffer does not keep its own hello from being heard later', async () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		for (let sequence = 1; sequence < 8; sequence++) {
			// Hellos and certificates, each with the first octet of 4,096.
			peer.exchange(Buffer.from(`16fefd0000000000000000000d 0b 001000 000${sequence} 000000 000001 ff`.replaceAll(' ', ''), 'hex'));
			peer.exchange(Buffer.from(`16fefd0000000000000000000d 01 001000 000${sequence} 000000 000001 ff`.replaceAll(' ', ''), 'hex'));
		}
		peer.exchange(Buffer.from('16fefd0000000000000000000d 01 002000 0000 000000 000001 ff'.replaceAll(' ', ''), 'hex'));
		peer.exchange(...client.answer(peer.exchange(...client.hello())));
		expect(peer.connected).toHaveLength(1);
		peer.session.close();
	});
});

describe('on a bad path', () => {
	test('a hello in clear by somebody else does not undo a handshake that has gone further', () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		const records = client.answer(peer.exchange(...client.hello())).flatMap(splitRecords);
		peer.exchange(records[0] as Uint8Array, ...new ScriptedClient({ certificate: thief }).hello(), ...records.slice(1));
		expect(peer.connected[0]?.remoteFingerprint('sha-256')).toBe(victim.fingerprint);
		peer.session.close();
	});

	test('forged pieces of later messages do not keep the earlier ones out', () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		const flight = client.answer(peer.exchange(...client.hello()));
		for (const sequence of [2, 3]) {
			peer.exchange(Buffer.from(`16fefd0000000000000000000d 10 001000 000${sequence} 000000 000001 ff`.replaceAll(' ', ''), 'hex'));
		}
		peer.exchange(...flight);
		expect(peer.connected).toHaveLength(1);
		peer.session.close();
	});

	test('hellos forged in numbers do not undo the handshake that is under way', () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		peer.exchange(...new ScriptedClient({ certificate: thief }).hello());
		const flight = client.answer(peer.exchange(...client.hello()));
		for (let i = 0; i < 100; i++) peer.exchange(...new ScriptedClient({ certificate: thief }).hello());
		peer.exchange(...flight);
		expect(peer.closed).toEqual([]);
		expect(peer.connected[0]?.remoteFingerprint('sha-256')).toBe(victim.fingerprint);
		peer.session.close();
	});

	test('a client that repeats its hello after forged ones gets its own answer again, though not in a flood', async () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		const other = new ScriptedClient({ certificate: thief });
		peer.exchange(...client.hello());
		peer.exchange(...other.hello());
		await peer.wait(100);
		const flight = client.answer(peer.exchange(...client.hello()));
		expect(peer.exchange(...other.hello(), ...client.hello(), ...other.hello())).toEqual([]);
		peer.exchange(...flight);
		expect(peer.connected).toHaveLength(1);
		peer.session.close();
	});

	test.each([
		{ name: 'nothing', roundTripMs: undefined, firstMs: 150 },
		{ name: '80 ms', roundTripMs: 80, firstMs: 120 },
		{ name: 'next to nothing', roundTripMs: 0.3, firstMs: 75 },
		{ name: 'minutes', roundTripMs: 200_000, firstMs: 450 },
	])('the flight comes again at growing intervals until the time limit, ICE having seen $name', async ({ roundTripMs, firstMs }) => {
		const peer = server(bothProfiles, roundTripMs);
		expect(peer.exchange(...new ScriptedClient(honest).hello())).toHaveLength(1);
		expect(await peer.wait(firstMs - 1)).toHaveLength(0);
		expect(await peer.wait(1)).toHaveLength(1);
		expect(await peer.wait(firstMs * 2 - 1)).toHaveLength(0);
		expect(await peer.wait(1)).toHaveLength(1);
		const rest = (await peer.wait(30_000 - firstMs * 3)).length;
		expect(rest).toBeGreaterThan(10);
		expect(rest).toBeLessThan(20);
		expect(peer.closed).toEqual(['incomplete']);
		expect(await peer.wait(60_000)).toHaveLength(0);
	});

	test('the last flight goes out four times, a measured round trip apart, and each copy would do', async () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		const flight = client.answer(peer.exchange(...client.hello()));
		await peer.wait(140);
		expect(client.isFinishedBy(peer.exchange(...flight))).toBe(true);
		for (let copy = 0; copy < 3; copy++) {
			expect(await peer.wait(139)).toEqual([]);
			const again = await peer.wait(1);
			expect(again).toHaveLength(1);
			expect(client.isFinishedBy(again)).toBe(true);
		}
		expect(await peer.wait(60_000)).toEqual([]);
		expect(peer.connected).toHaveLength(1);
		peer.session.close();
	});

	test('an answer to a repeated flight says nothing of the round trip', async () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		const flight = client.answer(peer.exchange(...client.hello()));
		expect(await peer.wait(400)).toHaveLength(1);
		peer.exchange(...flight);
		expect(await peer.wait(99)).toHaveLength(0);
		expect(await peer.wait(1)).toHaveLength(1);
		peer.session.close();
	});

	test('a flight of the client that comes a round trip after ours asks for nothing, a later one does', async () => {
		const peer = server();
		const client = new ScriptedClient(honest);
		const flight = client.answer(peer.exchange(...client.hello()));
		await peer.wait(100);
		peer.exchange(...flight);
		await peer.wait(300);
		const repeated = () => peer.exchange(client.sealed(ContentType.handshake, Buffer.alloc(24)));
		await peer.wait(100);
		expect(repeated()).toEqual([]);
		await peer.wait(100);
		expect(client.isFinishedBy(repeated())).toBe(true);
		peer.session.close();
	});

	// A Finished that comes again may be taken for a question, and more than twelve of them for a fault.
	test('a client that answers each copy of our last flight with its own is not sent a copy for each', async () => {
		const peer = handshake(honest);
		let copies = peer.last.length;
		let coming = await peer.wait(100);
		for (let round = 0; round < 100; round++) {
			copies += coming.length;
			const echoes = coming.map(() => peer.client.sealed(ContentType.handshake, Buffer.alloc(24)));
			const soon = await peer.wait(160);
			coming = [...soon, ...peer.exchange(...echoes)];
		}
		expect(copies).toBeGreaterThan(4);
		expect(copies).toBeLessThan(12);
		peer.session.close();
	});

	test.each([0.1, 0.2, 0.3])('100 of 100 handshakes are finished within the time limit at a loss of %d', async (loss) => {
		for (let seed = 0; seed < 100; seed++) {
			const random = seeded(seed);
			const survive = (datagrams: readonly Uint8Array[]) => datagrams.filter(() => random() >= loss);
			const peer = server();
			const client = new ScriptedClient(honest);
			const inbound: Uint8Array[] = [];
			let answered = false;
			let finished = false;
			// The client repeats its flight every 400 ms, each record in a datagram of its own; what the server repeats comes when it will.
			for (let elapsedMs = 0; elapsedMs < 29_000 && !finished; elapsedMs += 400) {
				inbound.push(...survive(peer.exchange(...survive(answered ? client.repeatFlight() : client.hello(80)))));
				if (answered) finished = client.isFinishedBy(inbound.splice(0));
				if (!answered && inbound.length > 0) {
					inbound.push(...survive(peer.exchange(...survive(client.answer(inbound.splice(0, 1))))));
					answered = true;
				}
				inbound.push(...survive(await peer.wait(400)));
			}
			expect(finished).toBe(true);
			expect(peer.connected).toHaveLength(1);
			peer.session.close();
		}
	});

	test('every bit of the client flight may be flipped once: the right flight is accepted after it', () => {
		fc.assert(
			fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (position, flip) => {
				const peer = server();
				const client = new ScriptedClient(honest);
				const flight = client.answer(peer.exchange(...client.hello()));
				const datagram = Buffer.concat(flight);
				const at = position % datagram.length;
				const mutated = Buffer.from(datagram);
				mutated.writeUInt8(mutated.readUInt8(at) ^ flip, at);
				peer.exchange(mutated);
				if (peer.connected.length === 0) peer.exchange(...flight);
				expect(peer.connected.map((keys) => keys.remoteFingerprint('sha-256'))).toEqual([victim.fingerprint]);
				peer.session.close();
			}),
			{
				numRuns: 400,
				// The first message under the number of the sealed Finished.
				examples: [[18, 5]],
			},
		);
	});

	test('a mutated hello never throws, and the right one is heard after it', () => {
		fc.assert(
			fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (position, flip, cut) => {
				const peer = server();
				const client = new ScriptedClient(honest);
				const [hello] = client.hello() as [Uint8Array];
				const at = position % hello.length;
				const mutated = Buffer.from(hello);
				mutated.writeUInt8(mutated.readUInt8(at) ^ flip, at);
				peer.exchange(cut ? hello.subarray(0, at) : mutated);
				vi.advanceTimersByTime(100);
				peer.exchange(...client.answer(peer.exchange(...client.hello())));
				expect(peer.connected).toHaveLength(1);
				peer.session.close();
			}),
			{ numRuns: 300 },
		);
	});

	test('garbage changes nothing, before, during and after a handshake', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(20, 21, 22, 23), fc.constantFrom(0, 1, 2), (bytes, type, epoch) => {
				const peer = server();
				const client = new ScriptedClient(honest);
				const header = Buffer.from([type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 9, 0, bytes.length]);
				const garbage = [bytes, Buffer.concat([header, bytes])];
				peer.exchange(...garbage);
				const answer = client.answer(peer.exchange(...client.hello()));
				peer.exchange(...garbage);
				peer.exchange(...answer);
				expect(peer.connected).toHaveLength(1);
				peer.exchange(...garbage);
				expect(peer.closed).toEqual([]);
				peer.session.close();
			}),
			{ numRuns: 200 },
		);
	});
});

describe('a fault of ours in a timer ends its session alone, and is told once', () => {
	const faulty = (options: Partial<DtlsSessionOptions>) => {
		const faults: unknown[] = [];
		const session = new DtlsSession({
			certificate: serverCertificate,
			srtpProfiles: bothProfiles,
			send: () => {},
			onConnected: () => {},
			onClosed: () => {},
			onFault: (error) => faults.push(error),
			...options,
		});
		for (const datagram of new ScriptedClient(honest).hello()) session.receive(datagram);
		return faults;
	};

	test('in sending a flight again', async () => {
		const closed: DtlsCloseReason[] = [];
		let sent = 0;
		const fault = new Error('a bug');
		const send = () => {
			if (++sent > 1) throw fault;
		};
		const faults = faulty({ send, onClosed: (reason) => closed.push(reason) });
		await vi.advanceTimersByTimeAsync(60_000);
		expect(faults).toEqual([fault]);
		expect(closed).toEqual(['fault']);
	});

	test('in what its end means to the owner', async () => {
		const fault = new Error('a bug');
		const faults = faulty({
			onClosed: () => {
				throw fault;
			},
		});
		await vi.advanceTimersByTimeAsync(60_000);
		expect(faults).toEqual([fault]);
	});
});

test('200 sessions, left at every stage and closed, leave no timer', () => {
	for (let i = 0; i < 200; i++) {
		const peer = server();
		const client = new ScriptedClient(honest);
		const [begun, answered, done] = [i % 4 > 0, i % 4 > 1, i % 4 > 2];
		const pieces = client.hello(60);
		const flight = peer.exchange(...pieces.slice(0, answered ? undefined : begun ? 1 : 0));
		if (done) peer.exchange(...client.answer(flight));
		expect(peer.connected).toHaveLength(done ? 1 : 0);
		peer.session.close();
		peer.session.close();
	}
	expect(vi.getTimerCount()).toBe(0);
});

test('the certificate is a valid self-signed one whose fingerprint is its digest', () => {
	const parsed = new X509Certificate(serverCertificate.der);
	expect(parsed.verify(parsed.publicKey)).toBe(true);
	expect(parsed.checkPrivateKey(serverCertificate.privateKey)).toBe(true);
	expect(parsed.fingerprint256).toBe(serverCertificate.fingerprint);
	expect(Date.parse(parsed.validFrom)).toBeLessThan(Date.now());
	expect(Date.parse(parsed.validTo)).toBeGreaterThan(Date.now() + 365 * 24 * 3600 * 1000);
});

function splitRecords(datagram: Uint8Array): Uint8Array[] {
	const records: Uint8Array[] = [];
	for (let at = 0; at < datagram.length; ) {
		const end = at + 13 + (((datagram[at + 11] as number) << 8) | (datagram[at + 12] as number));
		records.push(datagram.subarray(at, end));
		at = end;
	}
	return records;
}

/** A certificate that nobody has signed. */
function certificateOf(publicKey: Uint8Array): Uint8Array {
	const algorithm = sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
	const name = sequence(set(sequence(objectId(0x55, 0x04, 0x03), utf8String('x'))));
	const validity = sequence(time(new Date(0)), time(new Date(1e12)));
	const version = explicit(0, integer(Uint8Array.of(2)));
	const toBeSigned = sequence(version, integer(Uint8Array.of(1)), algorithm, name, validity, name, publicKey);
	return sequence(toBeSigned, algorithm, bitString(new Uint8Array(70)));
}
