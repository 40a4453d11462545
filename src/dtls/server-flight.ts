import type { KeyObject } from 'node:crypto';
import { SRTP_PROFILES } from '../srtp/profile.ts';
import { number, numbers16, vector } from './byte-writer.ts';
import { ExtensionType } from './client-hello.ts';
import { type HandshakeMessage, HandshakeType } from './handshake-message.ts';
import type { EphemeralKey } from './key-exchange.ts';
import type { HandshakeRandoms } from './key-schedule.ts';
import { type Agreement, ECDHE_ECDSA_AES_128_GCM_SHA256 } from './negotiation.ts';
import { DTLS_1_2 } from './record.ts';
import { CLIENT_SIGNATURE_SCHEMES, SignatureScheme, signEcdsaSha256 } from './signature.ts';

/** RFC 8422 5.4. */
const NAMED_CURVE = 3;
/** RFC 5246 7.4.4 and RFC 8422 5.5: ecdsa_sign, rsa_sign. */
const CERTIFICATE_TYPES = Uint8Array.of(64, 1);
const NONE = new Uint8Array(0);

export interface ServerFlightInput {
	readonly agreement: Agreement;
	readonly randoms: HandshakeRandoms;
	readonly ephemeral: EphemeralKey;
	readonly certificate: Uint8Array;
	readonly privateKey: KeyObject;
}

/**
 * The server's answer to a hello: RFC 5246 7.3, flight 4 of RFC 6347 4.2.4. There is no HelloVerifyRequest before it: that proves
 * the client's address, which ICE has done (RFC 6347 4.2.1 leaves it to the server), and would cost a round trip.
 */
export function buildServerFlight(input: ServerFlightInput): HandshakeMessage[] {
	const bodies: readonly (readonly [number, Uint8Array])[] = [
		[HandshakeType.serverHello, serverHello(input)],
		[HandshakeType.certificate, vector(3, vector(3, input.certificate))],
		[HandshakeType.serverKeyExchange, serverKeyExchange(input)],
		[HandshakeType.certificateRequest, certificateRequest()],
		[HandshakeType.serverHelloDone, NONE],
	];
	return bodies.map(([type, body], sequence) => ({ type, sequence, body }));
}

/** RFC 5246 7.4.1.3. The session id is empty: nothing is resumed. */
function serverHello({ agreement, randoms }: ServerFlightInput): Uint8Array {
	const srtp = Buffer.concat([numbers16(2, [SRTP_PROFILES[agreement.srtpProfile].dtlsId]), vector(1)]);
	const extensions = [extension(ExtensionType.useSrtp, srtp)];
	if (agreement.extendedMasterSecret) extensions.push(extension(ExtensionType.extendedMasterSecret, NONE));
	if (agreement.secureRenegotiation) extensions.push(extension(ExtensionType.renegotiationInfo, vector(1)));
	if (agreement.pointFormats) extensions.push(extension(ExtensionType.ecPointFormats, vector(1, Uint8Array.of(0))));
	return Buffer.concat([
		number(DTLS_1_2, 2),
		randoms.server,
		vector(1),
		number(ECDHE_ECDSA_AES_128_GCM_SHA256, 2),
		number(0, 1),
		vector(2, ...extensions),
	]);
}

/** RFC 8422 5.4: the signature covers both randoms and the parameters. */
function serverKeyExchange({ randoms, ephemeral, privateKey }: ServerFlightInput): Uint8Array {
	const parameters = Buffer.concat([number(NAMED_CURVE, 1), number(ephemeral.group, 2), vector(1, ephemeral.publicKey)]);
	const signature = signEcdsaSha256(privateKey, Buffer.concat([randoms.client, randoms.server, parameters]));
	return Buffer.concat([parameters, number(SignatureScheme.ecdsaSha256, 2), vector(2, signature)]);
}

/** RFC 5246 7.4.4. No authorities are named: certificates are self-signed and known by their fingerprint. */
function certificateRequest(): Uint8Array {
	return Buffer.concat([vector(1, CERTIFICATE_TYPES), numbers16(2, CLIENT_SIGNATURE_SCHEMES), vector(2)]);
}

function extension(type: number, data: Uint8Array): Uint8Array {
	return Buffer.concat([number(type, 2), vector(2, data)]);
}
