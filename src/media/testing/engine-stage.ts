import type { Socket } from 'node:dgram';
import { onTestFinished } from 'vitest';
import { createCertificate, type DtlsCertificate } from '../../dtls/certificate.ts';
import type { Publication } from '../../negotiation/media-description.ts';
import type { SrtpProfile } from '../../srtp/profile.ts';
import { LocalEngine } from '../engine.ts';
import type { EngineEvent } from '../engine-port.ts';
import { loadNative } from '../load-native.ts';
import { HandMovedTime } from './hand-moved-time.ts';
import { LoopbackClient } from './loopback-client.ts';

/** Of the first publication; those of the next lie ten further on each. */
export const VIDEO_SSRC = 1000;
export const VIDEO_RTX_SSRC = 1001;
export const AUDIO_SSRC = 1002;

/** An engine on a loopback port, the clients of a test, and the time, which stands still between the test's steps. */
export class EngineStage {
	readonly engine: LocalEngine;
	readonly time: HandMovedTime;
	readonly events: EngineEvent[] = [];
	/** What the engine has logged as its own faults. */
	readonly faults: object[];
	readonly #certificate: DtlsCertificate;
	readonly #sockets = new Set<Socket>();
	#clients = 0;
	#publications = 0;

	private constructor(engine: LocalEngine, time: HandMovedTime, certificate: DtlsCertificate, faults: object[]) {
		this.engine = engine;
		this.time = time;
		this.faults = faults;
		this.#certificate = certificate;
		engine.onEvent = (event) => this.events.push(event);
	}

	/** Everything is closed when the test ends. @param options.native false: in TypeScript alone, else natively where that is built */
	static async open(options: { readonly srtpProfile?: SrtpProfile; readonly native?: boolean } = {}): Promise<EngineStage> {
		const certificate = await createCertificate();
		const time = new HandMovedTime();
		const faults: object[] = [];
		const engine = await LocalEngine.open({
			host: '127.0.0.1',
			port: 0,
			announcedIps: ['127.0.0.1'],
			production: false,
			keyframeIntervalMs: 0,
			certificate: await createCertificate(),
			srtpProfiles: [options.srtpProfile ?? 'AEAD_AES_128_GCM'],
			native: loadNative(options.native !== false && process.env.DURESS_NATIVE !== '0').addon,
			log: { info: () => {}, warn: (fields) => faults.push(fields) },
		});
		const stage = new EngineStage(engine, time, certificate, faults);
		onTestFinished(() => stage.#close());
		return stage;
	}

	publish(): Publication {
		const videoSsrc = VIDEO_SSRC + 10 * this.#publications;
		const publicationId = `publication ${this.#publications}`;
		const numbers = { videoSsrc, videoRtxSsrc: videoSsrc + 1, audioSsrc: videoSsrc + 2 };
		const publication: Publication = { publicationId, streamName: `stream ${this.#publications}`, ...numbers };
		this.#publications += 1;
		this.engine.send({ type: 'open-publication', publication });
		return publication;
	}

	/** A client whose peer is open and that has done nothing yet. */
	async client(options: { readonly socket?: Socket; readonly remoteUfrag?: string } = {}): Promise<LoopbackClient> {
		const peerId = `peer ${this.#clients}`;
		this.#clients += 1;
		const client = await LoopbackClient.open({ engine: this.engine, peerId, certificate: this.#certificate, ...options });
		this.#sockets.add(client.socket);
		return client;
	}

	async connectedClient(options: { readonly socket?: Socket; readonly remoteUfrag?: string } = {}): Promise<LoopbackClient> {
		const client = await this.client(options);
		await client.connect();
		return client;
	}

	/** Types of the events so far that speak of this peer or publication. */
	told(of: { readonly peerId?: string; readonly publicationId?: string }): readonly EngineEvent['type'][] {
		return this.events
			.filter((event) => of.peerId === undefined || ('peerId' in event && event.peerId === of.peerId))
			.filter((event) => of.publicationId === undefined || ('publicationId' in event && event.publicationId === of.publicationId))
			.map((event) => event.type);
	}

	async #close(): Promise<void> {
		await this.engine.close();
		for (const socket of this.#sockets) socket.close();
		this.time.release();
	}
}
