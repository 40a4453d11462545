import { randomBytes, sign } from 'node:crypto';
import { ByteReader } from '../byte-reader.ts';
import { number, numbers16, vector } from '../byte-writer.ts';
import type { DtlsCertificate } from '../certificate.ts';
import { ExtensionType } from '../client-hello.ts';
import { encodeMessage, type HandshakeMessage, HandshakeType, parseFragments } from '../handshake-message.ts';
import { createEphemeralKey, type NamedGroup } from '../key-exchange.ts';
import { masterSecret, recordKeys, sha256, srtpMasterKeys, verifyData } from '../key-schedule.ts';
import { ContentType, DTLS_1_2, encodeRecord, packDatagrams, parseRecords } from '../record.ts';
import { RecordCipher } from '../record-cipher.ts';

/** RFC 6347 4.3.2. */
const HELLO_VERIFY_REQUEST = 3;

export interface ClientScript {
	/** Shown in the Certificate message; undefined shows an empty list. */
	readonly certificate: DtlsCertificate | undefined;
	/** Signs CertificateVerify; the certificate's own key unless told otherwise. */
	readonly signWith?: DtlsCertificate;
	/** A CertificateVerify of this scheme with so many octets that are no signature. */
	readonly proof?: { readonly scheme: number; readonly length: number };
	/** Leaves CertificateVerify out. */
	readonly withoutProof?: boolean;
	/** Spoils the Finished. */
	readonly wrongFinished?: boolean;
	readonly srtpProfileIds?: readonly number[];
	readonly cipherSuites?: readonly number[];
	readonly groups?: readonly number[];
	readonly extendedMasterSecret?: boolean;
}

/**
 * A DTLS client that does as its script says, wrong things too, step by step and without a clock. Only for tests: it checks nothing
 * but the server's Finished. Record keys are mirrored by swapping the sides of the server's cipher.
 */
export class ScriptedClient {
	readonly #script: ClientScript;
	readonly #random = randomBytes(32);
	#sequences: [number, number] = [0, 0];
	#transcript: Uint8Array[] = [];
	#cipher: RecordCipher | undefined;
	#master: Uint8Array = new Uint8Array(0);
	#serverRandom: Uint8Array = new Uint8Array(0);
	#serverProfile = 0;
	#hello: HandshakeMessage;
	#flight: readonly { readonly type: number; readonly epoch: number; readonly payload: Uint8Array }[] = [];

	constructor(script: ClientScript) {
		this.#script = script;
		this.#hello = { type: HandshakeType.clientHello, sequence: 0, body: this.#helloBody(new Uint8Array(0)) };
	}

	/** The profile the server chose. */
	get serverProfile(): number {
		return this.#serverProfile;
	}

	/** The hello, each time in new records, as one datagram for each fragment of at most `fragmentLength` octets. */
	hello(fragmentLength = 4096): Uint8Array[] {
		const { body, type, sequence } = this.#hello;
		const datagrams: Uint8Array[] = [];
		for (let offset = 0; offset < body.length; offset += fragmentLength) {
			const piece = body.subarray(offset, offset + fragmentLength);
			const header = [number(type, 1), number(body.length, 3), number(sequence, 2), number(offset, 3)];
			datagrams.push(this.#clearRecord(ContentType.handshake, Buffer.concat([...header, vector(3, piece)])));
		}
		return datagrams;
	}

	/**
	 * Takes the cookie of a HelloVerifyRequest (RFC 6347 4.2.1), which our server never sends and others do: {@link hello} gives the second
	 * hello from now on. False when there is none in the datagram, or one was taken before.
	 */
	takeCookie(serverDatagram: Uint8Array): boolean {
		const request = parseRecords(serverDatagram)
			.flatMap((record) => (record.type === ContentType.handshake && record.epoch === 0 ? parseFragments(record.payload) : []))
			.find((fragment) => fragment.type === HELLO_VERIFY_REQUEST);
		if (request === undefined || this.#hello.sequence > 0) return false;
		const reader = new ByteReader(request.bytes);
		reader.number(2);
		this.#hello = { type: HandshakeType.clientHello, sequence: 1, body: this.#helloBody(reader.vector(1)) };
		return true;
	}

	/** Reads the server's flight and gives the datagrams of the client's. */
	answer(serverDatagrams: readonly Uint8Array[]): Uint8Array[] {
		const messages = serverDatagrams
			.flatMap((datagram) => parseRecords(datagram))
			.flatMap((record) => parseFragments(record.payload))
			.map(({ type, sequence, bytes }) => ({ type, sequence, body: bytes }));
		this.#transcript = [this.#hello, ...messages].map(encodeMessage);
		this.#readServerHello(find(messages, HandshakeType.serverHello));
		const exchange = new ByteReader(find(messages, HandshakeType.serverKeyExchange));
		exchange.number(1);
		const group = exchange.number(2) as NamedGroup;
		const ephemeral = createEphemeralKey(group);
		const preMaster = ephemeral.agree(exchange.vector(1));
		if (preMaster === undefined) throw new Error('the server sent no usable key');

		const { certificate } = this.#script;
		const flight: { type: number; epoch: number; payload: Uint8Array }[] = [];
		const add = (type: number, body: Uint8Array) => {
			const encoded = encodeMessage({ type, sequence: this.#hello.sequence + flight.length + 1, body });
			this.#transcript.push(encoded);
			flight.push({ type: ContentType.handshake, epoch: 0, payload: encoded });
		};
		add(HandshakeType.certificate, certificate === undefined ? vector(3) : vector(3, vector(3, certificate.der)));
		add(HandshakeType.clientKeyExchange, vector(1, ephemeral.publicKey));
		const randoms = { client: this.#random, server: this.#serverRandom };
		const sessionHash = (this.#script.extendedMasterSecret ?? true) ? sha256(...this.#transcript) : undefined;
		this.#master = masterSecret(preMaster, randoms, sessionHash);
		const signer = this.#script.signWith ?? certificate;
		const { proof: madeUp } = this.#script;
		if (madeUp !== undefined) {
			add(HandshakeType.certificateVerify, Buffer.concat([number(madeUp.scheme, 2), vector(2, Buffer.alloc(madeUp.length, 1))]));
		} else if (signer !== undefined && this.#script.withoutProof !== true) {
			const signature = sign('sha256', Buffer.concat(this.#transcript), signer.privateKey);
			add(HandshakeType.certificateVerify, Buffer.concat([number(0x0403, 2), vector(2, signature)]));
		}
		const keys = recordKeys(this.#master, randoms);
		this.#cipher = new RecordCipher({
			serverKey: keys.clientKey,
			serverIv: keys.clientIv,
			clientKey: keys.serverKey,
			clientIv: keys.serverIv,
		});
		flight.push({ type: ContentType.changeCipherSpec, epoch: 0, payload: Uint8Array.of(1) });
		const proof = Buffer.from(verifyData(this.#master, 'client', sha256(...this.#transcript)));
		if (this.#script.wrongFinished === true) proof.writeUInt8(proof.readUInt8(0) ^ 1, 0);
		const finished = encodeMessage({ type: HandshakeType.finished, sequence: this.#hello.sequence + 4, body: proof });
		this.#transcript.push(finished);
		flight.push({ type: ContentType.handshake, epoch: 1, payload: finished });
		this.#flight = flight;
		return packDatagrams(this.repeatFlight());
	}

	/** The records of the flight last given by {@link answer}, in new records. */
	repeatFlight(): Uint8Array[] {
		return this.#flight.map(({ type, epoch, payload }) => (epoch === 1 ? this.sealed(type, payload) : this.#clearRecord(type, payload)));
	}

	/** A record under the keys of the finished handshake. */
	sealed(type: number, payload: Uint8Array): Uint8Array {
		if (this.#cipher === undefined) throw new Error('no keys yet');
		return encodeRecord(this.#cipher.seal({ type, version: DTLS_1_2, epoch: 1, sequence: this.#sequences[1]++, payload }));
	}

	/** The clear payloads of the sealed records that came from the server. */
	open(datagrams: readonly Uint8Array[]): Uint8Array[] {
		return datagrams
			.flatMap((datagram) => parseRecords(datagram))
			.filter((record) => record.epoch === 1)
			.map((record) => this.#cipher?.open(record))
			.filter((payload) => payload !== undefined);
	}

	/** Whether the server's last flight holds the right Finished. */
	isFinishedBy(datagrams: readonly Uint8Array[]): boolean {
		const expected = verifyData(this.#master, 'server', sha256(...this.#transcript));
		return this.open(datagrams).some((payload) => Buffer.compare(payload.subarray(12), expected) === 0);
	}

	/** What this side exports: client key, server key, client salt, server salt. */
	srtpKeys(saltLength: number) {
		return srtpMasterKeys(this.#master, { client: this.#random, server: this.#serverRandom }, 16, saltLength);
	}

	#clearRecord(type: number, payload: Uint8Array): Uint8Array {
		return encodeRecord({ type, version: DTLS_1_2, epoch: 0, sequence: this.#sequences[0]++, payload });
	}

	#readServerHello(body: Uint8Array): void {
		const reader = new ByteReader(body);
		reader.number(2);
		this.#serverRandom = reader.bytes(32);
		reader.vector(1);
		reader.bytes(3);
		const extensions = new ByteReader(reader.vector(2));
		while (extensions.remaining > 0) {
			const type = extensions.number(2);
			const data = new ByteReader(extensions.vector(2));
			if (type === ExtensionType.useSrtp) this.#serverProfile = data.numbers16(2)[0] ?? 0;
		}
	}

	#helloBody(cookie: Uint8Array): Uint8Array {
		const extension = (type: number, data: Uint8Array) => Buffer.concat([number(type, 2), vector(2, data)]);
		const { srtpProfileIds = [1, 7], cipherSuites = [0xc02b], groups = [29, 23], extendedMasterSecret = true } = this.#script;
		return Buffer.concat([
			number(DTLS_1_2, 2),
			this.#random,
			vector(1),
			vector(1, cookie),
			numbers16(2, cipherSuites),
			vector(1, Uint8Array.of(0)),
			vector(
				2,
				extension(ExtensionType.supportedGroups, numbers16(2, groups)),
				extension(ExtensionType.signatureAlgorithms, numbers16(2, [0x0403, 0x0804])),
				extension(ExtensionType.useSrtp, Buffer.concat([numbers16(2, srtpProfileIds), vector(1)])),
				...(extendedMasterSecret ? [extension(ExtensionType.extendedMasterSecret, new Uint8Array(0))] : []),
				extension(ExtensionType.renegotiationInfo, vector(1)),
			),
		]);
	}
}

function find(messages: readonly HandshakeMessage[], type: number): Uint8Array {
	const message = messages.find((candidate) => candidate.type === type);
	if (message === undefined) throw new Error(`the server sent no message of type ${type}`);
	return message.body;
}
