import { randomInt } from 'node:crypto';
import type { DtlsCertificate } from '../../../src/dtls/certificate.ts';
import { classifyDatagram } from '../../../src/media/classify-datagram.ts';
import { type MediaPath, openMediaPath } from '../../../src/media/media-path.ts';
import type { NativeAddon } from '../../../src/media/native-addon.ts';
import { writeRtcp } from '../../../src/rtcp/compound.ts';
import type { SrtpReceiver } from '../../../src/srtp/srtp-receiver.ts';
import { SrtpSender } from '../../../src/srtp/srtp-sender.ts';
import { Playing, type Viewer } from '../client.ts';
import type { Latencies } from '../latencies.ts';
import { Reception } from '../reception.ts';
import type { Signaling, SignalLink } from '../signaling.ts';
import { rtpHeaderBytes } from '../stamped-stream.ts';
import { DtlsEnd, type SinkKeys } from './dtls-end.ts';
import { IceEnd } from './ice-end.ts';
import { readOffer, writeAnswer } from './sink-description.ts';

const HOST = '127.0.0.1';
/** One packet in so many is unprotected: its tag is checked and its age taken. */
const SAMPLED = 100;
/** RFC 7675, section 5.1 */
const CONSENT_INTERVAL_MS = 5000;
/** What a browser's reports are apart, about. */
const REPORT_INTERVAL_MS = 1000;
/** A receiver report with one block, SRTCP's index and a tag. */
const REPORT_BYTES = 128;
const PLAIN_BYTES = 2048;

/** What all sinks of a process share. */
export interface SinkShared {
	readonly native: NativeAddon | undefined;
	readonly certificate: DtlsCertificate;
	readonly latencies: Latencies;
}

const plain = new Uint8Array(PLAIN_BYTES);
let opened = 0;

/**
 * A viewer that costs the load little: real ICE, DTLS and keys, then every packet is counted by its header and one in a hundred
 * unprotected. One that is not authentic ends the run.
 */
export class SinkViewer implements Viewer {
	readonly reception = new Reception();
	readonly #shared: SinkShared;
	readonly #path: MediaPath;
	readonly #sample = opened++ % SAMPLED;
	readonly #playing = new Playing('a sink');
	readonly #ice: IceEnd;
	readonly #dtls: DtlsEnd;
	readonly #ssrc = randomInt(1, 2 ** 32);
	#link: SignalLink | undefined;
	#payloadType = -1;
	#mediaSsrc = 0;
	#receiver: SrtpReceiver | undefined;
	#sender: SrtpSender | undefined;
	#timers: NodeJS.Timeout[] = [];

	private constructor(shared: SinkShared, path: MediaPath) {
		this.#shared = shared;
		this.#path = path;
		const send = (datagram: Uint8Array, to = this.#ice.remote) => {
			if (to !== undefined) path.socket.send(datagram, datagram.length, to.address, to.port);
		};
		this.#dtls = new DtlsEnd(shared.certificate, send, (keys) => this.#useKeys(keys));
		this.#ice = new IceEnd({ send, onConnected: () => this.#dtls.start() });
		path.socket.onDatagram((bytes, length, from) => {
			if (((bytes[0] ?? 0) & 0xc0) === 0x80 && ((bytes[1] ?? 0) & 0x7f) === this.#payloadType) this.#count(bytes, length);
			else if (classifyDatagram(bytes.subarray(0, length)) === 'stun') this.#ice.receive(bytes, length, from);
			else if (classifyDatagram(bytes.subarray(0, length)) === 'dtls') this.#dtls.receive(bytes.slice(0, length));
		});
	}

	static async open(signaling: Signaling, room: string, shared: SinkShared): Promise<SinkViewer> {
		const viewer = new SinkViewer(shared, await openMediaPath(shared.native, HOST, 0));
		const pending: string[] = [];
		viewer.#link = await signaling.join(room, 'viewer', {
			onOffer: (sdp) => (viewer.#link === undefined ? pending.push(sdp) : viewer.#answer(sdp)),
			onEnd: (why) => viewer.#playing.fail(why),
		});
		for (const sdp of pending) viewer.#answer(sdp);
		return viewer;
	}

	get playing(): Promise<void> {
		return this.#playing.promise;
	}

	async leave(): Promise<void> {
		for (const timer of this.#timers) clearInterval(timer);
		await this.#link?.leave();
		this.#ice.close();
		this.#dtls.close();
		this.#receiver?.close();
		this.#receiver = undefined;
		this.#payloadType = -1;
		await this.#path.socket.close();
	}

	#answer(sdp: string): void {
		const offer = readOffer(sdp);
		const own = { ...this.#ice.credentials, fingerprint: this.#shared.certificate.fingerprint, port: this.#path.socket.port };
		this.#link?.answer(writeAnswer(offer, own));
		const isFirst = this.#payloadType < 0;
		this.#payloadType = offer.payloadType;
		if (isFirst) this.#ice.start(offer);
	}

	#useKeys({ profile, clientKey, clientSalt, serverKey, serverSalt }: SinkKeys): void {
		this.#receiver = this.#path.openReceiver(profile, serverKey, serverSalt);
		this.#sender = new SrtpSender(profile, clientKey, clientSalt);
		this.#timers = [setInterval(() => this.#ice.check(), CONSENT_INTERVAL_MS), setInterval(() => this.#report(), REPORT_INTERVAL_MS)];
	}

	#count(bytes: Uint8Array, length: number): void {
		const count = this.reception.note(((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0), length);
		if (count === 0) return;
		const isFirst = this.#mediaSsrc === 0;
		if (!isFirst && count % SAMPLED !== this.#sample) return;
		const plainLength = this.#receiver?.unprotectRtp(bytes, rtpHeaderBytes(bytes, length), length, plain) ?? -1;
		if (plainLength < 0) {
			// It came before this side had its keys.
			if (this.#receiver === undefined) return;
			throw new Error('a packet from the server is not authentic');
		}
		this.#shared.latencies.note(plain, plainLength);
		if (!isFirst) return;
		this.#mediaSsrc = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8);
		this.#playing.start();
	}

	/** RFC 3550, section 6.4.2. Without a loss: what the load itself could not take is judged by the bench, not by the server. */
	#report(): void {
		const { remote } = this.#ice;
		if (this.#sender === undefined || remote === undefined || this.#mediaSsrc === 0) return;
		const block = {
			...{ ssrc: this.#mediaSsrc, fractionLost: 0, cumulativeLost: 0, jitterTicks: 0, lastSenderReport: 0, delaySinceLast: 0 },
			highestSequence: this.reception.highest % 2 ** 32,
		};
		const report = writeRtcp([{ type: 'receiver-report', ssrc: this.#ssrc, reports: [block] }]);
		const out = new Uint8Array(REPORT_BYTES);
		this.#path.socket.send(out, this.#sender.protectRtcp(report, report.length, out), remote.address, remote.port);
	}
}
