import { RtcpReceivingSession, type Track } from 'node-datachannel';
import { AnsweringConnection, deferFaults } from './answering-connection.ts';
import { Playing, type Viewer } from './client.ts';
import type { Latencies } from './latencies.ts';
import { Reception } from './reception.ts';
import type { Signaling, SignalLink } from './signaling.ts';
import { VP8_PAYLOAD_TYPE } from './stamped-stream.ts';

/** The age of one in so many packets is taken, and of another one at each viewer. */
const SAMPLED = 16;

let opened = 0;

/** A viewer of the load with libdatachannel's ICE, DTLS and SRTP. It counts packets and keeps none. */
export class DataChannelViewer implements Viewer {
	readonly reception = new Reception();
	readonly #latencies: Latencies;
	readonly #sample = opened++ % SAMPLED;
	readonly #playing = new Playing('a viewer');
	readonly #connection: AnsweringConnection;
	readonly #tracks: Track[] = [];
	#link: SignalLink | undefined;

	private constructor(latencies: Latencies) {
		this.#latencies = latencies;
		this.#connection = new AnsweringConnection((sdp) => this.#link?.answer(sdp));
		this.#connection.peer.onTrack(deferFaults((track: Track) => this.#listen(track)));
		this.#connection.peer.onStateChange(
			deferFaults((state: string) => {
				if (state === 'failed') this.#playing.fail('its connection failed');
			}),
		);
	}

	static async open(signaling: Signaling, room: string, latencies: Latencies): Promise<DataChannelViewer> {
		const viewer = new DataChannelViewer(latencies);
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
		await this.#link?.leave();
		this.#connection.peer.close();
	}

	#answer(offer: string): void {
		this.#connection.accept(offer);
	}

	#listen(track: Track): void {
		// It reports what was received, as browsers do.
		track.setMediaHandler(new RtcpReceivingSession());
		this.#tracks.push(track);
		track.onMessage(deferFaults((bytes: Buffer) => this.#receive(bytes)));
	}

	#receive(bytes: Buffer): void {
		if (((bytes[1] ?? 0) & 0x7f) !== VP8_PAYLOAD_TYPE || bytes.length < 12) return;
		const count = this.reception.note(bytes.readUInt16BE(2), bytes.length);
		if (count === 0) return;
		if (count === 1) this.#playing.start();
		if (count % SAMPLED === this.#sample) this.#latencies.note(bytes, bytes.length);
	}
}
