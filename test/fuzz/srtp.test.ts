import { afterAll } from 'vitest';
import { loadNative } from '../../src/media/load-native.ts';
import type { NativeAddon } from '../../src/media/native-addon.ts';
import { nativeTransforms } from '../../src/media/native-transform.ts';
import { rtcpSamples } from '../../src/rtcp/packet-samples.fixture.ts';
import { createRtpHeader, parseProtectedRtpHeader } from '../../src/rtp/packet.ts';
import { createTransform } from '../../src/srtp/create-transform.ts';
import { SRTP_MAX_OVERHEAD, SRTP_MAX_PACKET_LENGTH, SRTP_PROFILES, type SrtpProfile } from '../../src/srtp/profile.ts';
import { SRTP_MALFORMED, SRTP_NOT_AUTHENTIC, SrtpReceiver } from '../../src/srtp/srtp-receiver.ts';
import { SrtpSender } from '../../src/srtp/srtp-sender.ts';
import { type ByteParser, feedBytes, within } from './feed.ts';
import { codecPackets, packetsWithExtensions } from './rtp-samples.ts';

/** Longer than any packet, and filled anew for each: a refused one must not write beyond the longest. */
const slackBytes = 64;

/** What decrypts: the transforms in TypeScript, and those of the addon where it is built. */
interface Path {
	readonly name: string;
	readonly profile: SrtpProfile;
	readonly native: NativeAddon | undefined;
}

const { addon } = loadNative(process.env.DURESS_NATIVE !== '0');
const paths: readonly Path[] = (['AES128_CM_HMAC_SHA1_80', 'AEAD_AES_128_GCM'] as const).flatMap((profile) => [
	{ name: profile, profile, native: undefined },
	...(addon === undefined ? [] : [{ name: `${profile}, native`, profile, native: addon }]),
]);

function keysOf({ profile, native }: Path): { readonly sender: SrtpSender; readonly receiver: SrtpReceiver } {
	const { keyLength, saltLength } = SRTP_PROFILES[profile];
	const [key, salt] = [Buffer.alloc(keyLength, 0x5a), Buffer.alloc(saltLength, 0xc3)];
	const transform = native === undefined ? createTransform : nativeTransforms(native);
	const receiver = new SrtpReceiver(profile, key, salt, transform);
	afterAll(() => receiver.close());
	return { sender: new SrtpSender(profile, key, salt), receiver };
}

type Unprotect = (bytes: Uint8Array, length: number, out: Uint8Array) => number;

/**
 * Samples come to the receiver once before: whatever comes later is damaged, or a repetition, and refused. The streams of the damaged ones are
 * known, and so are their indices.
 */
function refusal(name: string, samples: readonly Uint8Array[], unprotect: Unprotect): ByteParser {
	const out = new Uint8Array(SRTP_MAX_PACKET_LENGTH + slackBytes);
	for (const sample of samples) {
		if (unprotect(sample, sample.length, out) < 0) throw new Error(`${name}: a sample was refused`);
	}
	return {
		name,
		samples,
		read(bytes, length) {
			out.fill(0, SRTP_MAX_PACKET_LENGTH);
			const outcome = unprotect(bytes, length, out);
			within('a refusal', outcome, SRTP_NOT_AUTHENTIC, SRTP_MALFORMED);
			if (out.subarray(SRTP_MAX_PACKET_LENGTH).some((byte) => byte !== 0)) throw new Error('it wrote more than the longest packet has');
			return outcome;
		},
	};
}

function rtpRefusal(path: Path): ByteParser {
	const { sender, receiver } = keysOf(path);
	const header = createRtpHeader();
	const samples = [...Object.values(codecPackets).flat(), ...packetsWithExtensions].map((packet, sequence) => {
		const numbered = packet.slice();
		numbered[3] = sequence;
		parseProtectedRtpHeader(numbered, numbered.length, header);
		const out = new Uint8Array(numbered.length + SRTP_MAX_OVERHEAD);
		return out.slice(0, sender.protectRtp(numbered, header.headerLength, numbered.length, 0, out));
	});
	return refusal(`SRTP by ${path.name}`, samples, (bytes, length, out) =>
		parseProtectedRtpHeader(bytes, length, header) ? receiver.unprotectRtp(bytes, header.headerLength, length, out) : SRTP_MALFORMED,
	);
}

function rtcpRefusal(path: Path): ByteParser {
	const { sender, receiver } = keysOf(path);
	const samples = rtcpSamples.map(({ bytes }) => {
		const out = new Uint8Array(bytes.length + SRTP_MAX_OVERHEAD);
		return out.slice(0, sender.protectRtcp(bytes, bytes.length, out));
	});
	return refusal(`SRTCP by ${path.name}`, samples, (bytes, length, out) => receiver.unprotectRtcp(bytes, length, out));
}

feedBytes(paths.flatMap((path) => [rtpRefusal(path), rtcpRefusal(path)]));
