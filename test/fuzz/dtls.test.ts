import { afterAll } from 'vitest';
import { createCertificate } from '../../src/dtls/certificate.ts';
import { publicKeyOf } from '../../src/dtls/certificate-key.ts';
import { parseCertificateVerify, parseClientKeyExchange, parseLeafCertificate } from '../../src/dtls/client-flight.ts';
import { parseClientHello } from '../../src/dtls/client-hello.ts';
import { DtlsSession } from '../../src/dtls/dtls-session.ts';
import { HandshakeInbox } from '../../src/dtls/handshake-inbox.ts';
import { HandshakeType, parseFragments } from '../../src/dtls/handshake-message.ts';
import { createEphemeralKey, NamedGroup } from '../../src/dtls/key-exchange.ts';
import { negotiate } from '../../src/dtls/negotiation.ts';
import { ContentType, parseRecords } from '../../src/dtls/record.ts';
import { isAcceptableKey, isSignedBy, SignatureScheme } from '../../src/dtls/signature.ts';
import { ScriptedClient } from '../../src/dtls/test-support/scripted-client.ts';
import { type ByteParser, feedBytes, within } from './feed.ts';

const certificate = await createCertificate();
const profiles = ['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'] as const;

/** A session, and what it has sent. */
function openSession() {
	const sent: Uint8Array[] = [];
	const session = new DtlsSession({
		certificate,
		srtpProfiles: profiles,
		send: (datagram) => sent.push(datagram),
		onConnected: () => {},
		onClosed: () => {},
		onFault: (error) => {
			throw error;
		},
	});
	return { session, sent };
}

/** A session that is connected, its client, and the datagrams of the handshake, some in several forms. */
function connected() {
	const { session, sent } = openSession();
	const client = new ScriptedClient({ certificate });
	const hello = client.hello();
	for (const datagram of hello) session.receive(datagram);
	const flight = client.answer(sent);
	for (const datagram of flight) session.receive(datagram);
	if (!client.isFinishedBy(sent)) throw new Error('the handshake came to nothing');
	return { session, sent, client, hello, datagrams: [...hello, ...client.hello(60), ...flight, ...client.repeatFlight(), ...sent] };
}

const { hello, datagrams, session: sample } = connected();
sample.close();
const payloads = datagrams.flatMap((datagram) => parseRecords(datagram).map(({ payload }) => payload));
const messages = payloads.flatMap((payload) => parseFragments(payload));
const bodiesOf = (type: number) => messages.filter((message) => message.type === type).map(({ bytes }) => bytes);

/** A reader of whole bodies, without a length beside them. */
function ofBodies(name: string, samples: readonly Uint8Array[], read: (body: Uint8Array) => unknown): ByteParser {
	return { name, samples, read: (bytes, length) => read(bytes.subarray(0, length)) };
}

const publicKey = publicKeyOf(certificate.der) ?? certificate.privateKey;
const ephemeral = Object.values(NamedGroup).map((group) => createEphemeralKey(group));
const clientKeys = Object.values(NamedGroup).map((group) => createEphemeralKey(group).publicKey);
/** A session of its own for each datagram would cost a key each time; one that has seen too many wrong proofs takes no more. */
const datagramsPerSession = 20;
let attacked = openSession();
let received = 0;
const joined = connected();
afterAll(() => {
	attacked.session.close();
	joined.session.close();
});

/** By this alert a peer ends the session: its second octet is close_notify, or its first fatal. */
function ends(alert: Uint8Array): boolean {
	return alert[0] === 2 || alert[1] === 0;
}

feedBytes([
	ofBodies('DTLS records', datagrams, (datagram) => {
		const records = parseRecords(datagram);
		within('the number of records', records.length, 0, 16);
		return records;
	}),
	ofBodies('handshake fragments', payloads, (payload) => {
		const fragments = parseFragments(payload);
		within('the number of fragments', 12 * fragments.length, 0, payload.length);
		return fragments;
	}),
	ofBodies('handshake fragments put together', payloads, (payload) => {
		const inbox = new HandshakeInbox(0, 4);
		const whole = [];
		for (const fragment of parseFragments(payload)) {
			inbox.add(fragment, 0);
			for (let message = inbox.take(); message !== undefined; message = inbox.take()) whole.push(message);
		}
		within(
			'what is put together',
			whole.reduce((sum, { body }) => sum + body.length, 0),
			0,
			payload.length,
		);
		return whole;
	}),
	ofBodies('ClientHello', bodiesOf(HandshakeType.clientHello), (body) => {
		const read = parseClientHello(body);
		return read && [read, negotiate(read, profiles)];
	}),
	ofBodies('Certificate', bodiesOf(HandshakeType.certificate), (body) => {
		const leaf = parseLeafCertificate(body);
		if (leaf !== undefined) within('the certificate', leaf.length, 1, body.length - 6);
		return leaf;
	}),
	ofBodies('X.509 certificate', [certificate.der], (der) => {
		const key = publicKeyOf(der);
		return key && [key.asymmetricKeyType, isAcceptableKey(key)];
	}),
	ofBodies('ClientKeyExchange', bodiesOf(HandshakeType.clientKeyExchange), (body) => parseClientKeyExchange(body)),
	ofBodies('ephemeral key', clientKeys, (publicKey) => ephemeral.map((own) => own.agree(publicKey))),
	ofBodies('CertificateVerify', bodiesOf(HandshakeType.certificateVerify), (body) => parseCertificateVerify(body)),
	ofBodies('signature', bodiesOf(HandshakeType.certificateVerify), (body) => {
		const proof = parseCertificateVerify(body);
		return proof && [SignatureScheme.ecdsaSha256, proof.scheme].map((scheme) => isSignedBy(publicKey, scheme, body, proof.signature));
	}),
	ofBodies('DTLS session', datagrams, (datagram) => {
		if (received % datagramsPerSession === 0) {
			attacked.session.close();
			attacked = openSession();
			for (const piece of hello) attacked.session.receive(piece);
		}
		received += 1;
		attacked.session.receive(datagram);
	}),
	ofBodies('DTLS session whose peer is authentic', payloads, (payload) => {
		for (const type of Object.values(ContentType)) {
			if (type !== ContentType.alert || !ends(payload)) joined.session.receive(joined.client.sealed(type, payload));
		}
		joined.sent.length = 0;
	}),
]);
