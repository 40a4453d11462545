import { opusPayload, type VideoCodec, videoPayloads } from './datachannel-payloads.ts';
import type { DataChannelPeer, MediaKind } from './datachannel-peer.ts';
import { type RtpPacket, writeRtp } from './datachannel-rtp.ts';

export interface SourceOptions {
	readonly codec?: VideoCodec;
	/** Makes the payloads differ from those of any other source. */
	readonly label: string;
	/** Where the lines of picture and sound begin. */
	readonly firstSequence?: number;
	readonly firstTimestamp?: number;
	/** Bytes of a picture; a key frame has three times as many. */
	readonly pictureBytes?: number;
}

export type SentPacket = Omit<RtpPacket, 'atMs'>;

const pictureEveryMs = 1000 / 30;
const soundEveryMs = 20;
/** More often than either, so that packets go out in small groups. */
const lookEveryMs = 5;

/** A camera and a microphone: sends live pictures and sound through a peer, with a key frame when one is asked for, and keeps all it sent. */
export class LiveSource {
	readonly sent: { readonly video: SentPacket[]; readonly audio: SentPacket[] } = { video: [], audio: [] };
	/** When each key frame was begun, `performance.now()`. */
	readonly keyframesMs: number[] = [];
	/** When each request for one came. */
	readonly requestsMs: number[] = [];
	readonly #peer: DataChannelPeer;
	readonly #options: SourceOptions;
	readonly #next: { video: number; audio: number };
	#pictures = 0;
	#sounds = 0;
	#transportSequence = 0;
	#keyframeWanted = true;
	#timer: NodeJS.Timeout | undefined;

	constructor(peer: DataChannelPeer, options: SourceOptions) {
		this.#peer = peer;
		this.#options = options;
		const first = options.firstSequence ?? 1;
		this.#next = { video: first, audio: first };
		peer.onPictureLoss = () => {
			this.requestsMs.push(performance.now());
			this.#keyframeWanted = true;
		};
	}

	/** Sends in real time until `stop`. */
	start(): this {
		const startMs = performance.now();
		const before = { pictures: this.#pictures, sounds: this.#sounds };
		this.#timer = setInterval(() => {
			const elapsedMs = performance.now() - startMs;
			while ((this.#pictures - before.pictures) * pictureEveryMs <= elapsedMs) this.sendPicture();
			while ((this.#sounds - before.sounds) * soundEveryMs <= elapsedMs) this.sendSound();
		}, lookEveryMs);
		return this;
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	sendPicture(): void {
		const { codec = 'VP8', label, pictureBytes = 2400, firstTimestamp = 0 } = this.#options;
		const keyframe = this.#keyframeWanted;
		this.#keyframeWanted = false;
		if (keyframe) this.keyframesMs.push(performance.now());
		const timestamp = (firstTimestamp + this.#pictures * 3000) % 2 ** 32;
		const payloads = videoPayloads(codec, label, this.#pictures, keyframe, keyframe ? 3 * pictureBytes : pictureBytes);
		this.#pictures += 1;
		for (const [index, payload] of payloads.entries()) this.#send('video', timestamp, index === payloads.length - 1, payload);
	}

	sendSound(): void {
		const { label, firstTimestamp = 0 } = this.#options;
		const timestamp = (firstTimestamp + this.#sounds * 960) % 2 ** 32;
		const payload = opusPayload(label, this.#sounds);
		this.#sounds += 1;
		// RFC 3551, section 4.1: the marker stands on the first packet of a talkspurt.
		this.#send('audio', timestamp, this.#sounds === 1, payload);
	}

	#send(kind: MediaKind, timestamp: number, marker: boolean, payload: Buffer): void {
		const packet: SentPacket = {
			ssrc: this.#peer.ssrc[kind],
			sequence: this.#next[kind],
			timestamp,
			payloadType: this.#peer.payloadType(kind),
			marker,
			payload,
		};
		this.#next[kind] = (packet.sequence + 1) & 0xffff;
		const id = this.#peer.transportCcId;
		const bytes = writeRtp(packet, id === undefined ? undefined : { id, sequence: this.#transportSequence++ & 0xffff });
		if (!this.#peer.send(kind, bytes)) {
			if (this.#peer.isConnected) throw new Error(`the test client could not send ${kind}`);
			// The server has ended the connection, as it does to a broadcaster that has been replaced.
			this.stop();
			return;
		}
		this.sent[kind].push(packet);
	}
}
