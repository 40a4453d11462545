import { type Track, Video } from 'node-datachannel';
import { AnsweringConnection, deferFaults } from './answering-connection.ts';
import type { Paced } from './pacer.ts';
import type { Signaling, SignalLink } from './signaling.ts';
import { StampedStream, VP8_PAYLOAD_TYPE } from './stamped-stream.ts';

const TRANSPORT_CC_URI = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
const CONNECTED_WITHIN_MS = 30_000;

let nextSsrc = 0x0b000000;

/** A camera of the load, with libdatachannel's ICE, DTLS and SRTP. */
export class Broadcaster implements Paced {
	readonly #ssrc = nextSsrc++;
	readonly #size: number;
	readonly #connected = Promise.withResolvers<void>();
	readonly #connection: AnsweringConnection;
	#link: SignalLink | undefined;
	#track: Track | undefined;
	#stream: StampedStream | undefined;
	/** Packets that libdatachannel did not take. */
	refused = 0;

	private constructor(size: number) {
		this.#size = size;
		this.#connection = new AnsweringConnection((sdp) => this.#link?.answer(sdp));
		this.#connection.peer.onStateChange(
			deferFaults((state: string) => {
				if (state === 'connected') this.#connected.resolve();
				if (state === 'failed' || state === 'disconnected') this.#connected.reject(new Error(`the broadcaster's connection ${state}`));
			}),
		);
	}

	/** Resolves when media is connected. */
	static async connect(signaling: Signaling, room: string, size: number): Promise<Broadcaster> {
		const broadcaster = new Broadcaster(size);
		const limit = setTimeout(() => broadcaster.#connected.reject(new Error('a broadcaster could not connect')), CONNECTED_WITHIN_MS);
		const offer = Promise.withResolvers<string>();
		broadcaster.#link = await signaling.join(room, 'broadcaster', {
			onOffer: (sdp) => offer.resolve(sdp),
			onEnd: (why) => broadcaster.#connected.reject(new Error(`a broadcaster was told: ${why}`)),
		});
		void offer.promise.then((sdp) => broadcaster.#answer(sdp));
		await broadcaster.#connected.promise.finally(() => clearTimeout(limit));
		return broadcaster;
	}

	get sent(): number {
		return (this.#stream?.sent ?? 0) - this.refused;
	}

	sendNext(packetsPerSecond: number): void {
		const packet = this.#stream?.next(packetsPerSecond);
		if (packet === undefined || this.#track?.isOpen() !== true || !this.#track.sendMessageBinary(packet)) this.refused += 1;
	}

	async leave(): Promise<void> {
		await this.#link?.leave();
		this.#connection.peer.close();
	}

	#answer(offer: string): void {
		const section = offer.split(/^(?=m=)/m).find((text) => text.startsWith('m=video')) ?? '';
		const mid = /^a=mid:(\S+)/m.exec(section)?.[1] ?? '0';
		const id = new RegExp(`^a=extmap:(\\d+)\\S* ${TRANSPORT_CC_URI}`, 'm').exec(section)?.[1];
		const video = new Video(mid, 'SendOnly');
		video.addVP8Codec(VP8_PAYLOAD_TYPE);
		video.addSSRC(this.#ssrc, 'bench', 'bench', 'bench-video');
		if (id !== undefined) video.parseSdpLine(`a=extmap:${id} ${TRANSPORT_CC_URI}`);
		this.#stream = new StampedStream({ ssrc: this.#ssrc, size: this.#size, transportCcId: id === undefined ? undefined : Number(id) });
		this.#track = this.#connection.peer.addTrack(video);
		this.#track.onMessage(
			deferFaults((bytes: Buffer) => {
				if (asksForKeyFrame(bytes)) this.#stream?.wantKeyFrame();
			}),
		);
		this.#connection.accept(offer);
	}
}

/** PLI or FIR anywhere in a compound: RFC 4585, section 6.3.1; RFC 5104, section 4.3.1. */
function asksForKeyFrame(compound: Buffer): boolean {
	for (let at = 0; at + 4 <= compound.length; at += 4 + compound.readUInt16BE(at + 2) * 4) {
		const format = compound.readUInt8(at) & 0x1f;
		if (compound.readUInt8(at + 1) === 206 && (format === 1 || format === 4)) return true;
	}
	return false;
}
