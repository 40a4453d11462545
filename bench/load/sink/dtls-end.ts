import type { DtlsCertificate } from '../../../src/dtls/certificate.ts';
import { HandshakeType, parseFragments } from '../../../src/dtls/handshake-message.ts';
import { ContentType, packDatagrams, parseRecords } from '../../../src/dtls/record.ts';
import { ScriptedClient } from '../../../src/dtls/test-support/scripted-client.ts';
import { SRTP_PROFILES, type SrtpProfile } from '../../../src/srtp/profile.ts';

/** The last flight is repeated after this, then after twice as long each time. RFC 6347 4.2.4.1 begins with a second, browsers with less. */
const FIRST_REPEAT_MS = 200;
const LAST_REPEAT_MS = 3200;

export interface SinkKeys {
	readonly profile: SrtpProfile;
	readonly clientKey: Uint8Array;
	readonly clientSalt: Uint8Array;
	readonly serverKey: Uint8Array;
	readonly serverSalt: Uint8Array;
}

/** The client's end of a DTLS 1.2 handshake. It checks the server's Finished and no certificate: there is nobody in between. */
export class DtlsEnd {
	readonly #script: ScriptedClient;
	readonly #send: (datagram: Uint8Array) => void;
	readonly #onKeys: (keys: SinkKeys) => void;
	#received: Uint8Array[] = [];
	#state: 'hello' | 'answered' | 'finished' = 'hello';
	#timer: NodeJS.Timeout | undefined;

	constructor(certificate: DtlsCertificate, send: (datagram: Uint8Array) => void, onKeys: (keys: SinkKeys) => void) {
		this.#script = new ScriptedClient({ certificate, srtpProfileIds: [7, 1] });
		this.#send = send;
		this.#onKeys = onKeys;
	}

	start(): void {
		this.#sendFlight();
		this.#repeatAfter(FIRST_REPEAT_MS);
	}

	/** @param datagram kept */
	receive(datagram: Uint8Array): void {
		if (this.#state === 'finished') return;
		if (this.#state === 'hello' && this.#script.takeCookie(datagram)) {
			this.#sendFlight();
			return;
		}
		this.#received.push(datagram);
		if (this.#state === 'hello' && this.#received.some(endsFlight)) {
			const flight = this.#received;
			this.#received = [];
			this.#state = 'answered';
			for (const own of this.#script.answer(onceEach(flight))) this.#send(own);
		} else if (this.#state === 'answered' && this.#script.isFinishedBy(this.#received)) {
			this.close();
			this.#received = [];
			const { AEAD_AES_128_GCM: gcm } = SRTP_PROFILES;
			const profile: SrtpProfile = this.#script.serverProfile === gcm.dtlsId ? 'AEAD_AES_128_GCM' : 'AES128_CM_HMAC_SHA1_80';
			this.#onKeys({ profile, ...this.#script.srtpKeys(SRTP_PROFILES[profile].saltLength) });
		}
	}

	/** Nothing is repeated any more. Twice is harmless. */
	close(): void {
		this.#state = 'finished';
		clearTimeout(this.#timer);
	}

	#sendFlight(): void {
		const flight = this.#state === 'hello' ? this.#script.hello() : packDatagrams(this.#script.repeatFlight());
		for (const datagram of flight) this.#send(datagram);
	}

	#repeatAfter(delayMs: number): void {
		this.#timer = setTimeout(() => {
			this.#sendFlight();
			this.#repeatAfter(Math.min(2 * delayMs, LAST_REPEAT_MS));
		}, delayMs);
	}
}

function endsFlight(datagram: Uint8Array): boolean {
	return parseRecords(datagram)
		.filter((record) => record.type === ContentType.handshake && record.epoch === 0)
		.flatMap((record) => parseFragments(record.payload))
		.some((fragment) => fragment.type === HandshakeType.serverHelloDone);
}

/** The datagrams of the last whole flight: a server that repeats itself soon may have sent one and a half. */
function onceEach(datagrams: readonly Uint8Array[]): readonly Uint8Array[] {
	const begins = datagrams.findLastIndex((datagram) =>
		parseRecords(datagram)
			.flatMap((record) => parseFragments(record.payload))
			.some((fragment) => fragment.type === HandshakeType.serverHello),
	);
	return datagrams.slice(Math.max(0, begins));
}
