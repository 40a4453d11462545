import { once } from 'node:events';
import { Audio, PeerConnection, type Track, Video } from 'node-datachannel';
import WebSocket from 'ws';
import type { VideoCodec } from './datachannel-payloads.ts';
import { isRtcp, type RtcpSeen, type RtpPacket, readRtcp, readRtp } from './datachannel-rtp.ts';
import { until } from './until.ts';

export interface PeerOptions {
	/** Of the signaling WebSocket. */
	readonly url: string;
	/** Answers the server's offers, or makes one of its own in this form as soon as the socket is open. */
	readonly offers?: 'json' | 'raw';
	/** Sends picture in this codec, and sound. */
	readonly sends?: VideoCodec;
	/** Receives, when it makes its own offer; who answers receives whatever is offered. */
	readonly receives?: VideoCodec;
	/** Payload type of picture in an own offer; in an answer the offer's numbers stand. */
	readonly videoPayloadType?: number;
	/** A port of this machine that stands in for the server's own candidates. */
	readonly viaPort?: number;
	/** Changes the peer's own description on its way to the server. */
	readonly rewrite?: (sdp: string) => string;
	/** First SSRC of its own; sound has the next. */
	readonly ssrc?: number;
}

export interface SignalFrame {
	readonly event: string;
	readonly data: string;
}

export type MediaKind = 'video' | 'audio';

const serverPayloadTypes: Readonly<Record<VideoCodec, number>> = { VP8: 96, H264: 98 };
const opusPayloadType = 111;
const transportCcUri = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
/** In its own offers, unlike the server's 3. */
const ownTransportCcId = 5;
/** libdatachannel repeats a lost DTLS flight after a second, and then ever more slowly. */
const connectWithinMs = 20_000;

let nextSsrc = 1000;

/**
 * A client of the server whose ICE, DTLS and SRTP are libdatachannel's: the independent stack of the tests. It sends RTP packets as
 * they are given to it and keeps every one that it receives.
 */
export class DataChannelPeer {
	readonly socket: WebSocket;
	readonly ssrc: { readonly video: number; readonly audio: number };
	/** Every frame that the server has sent. */
	readonly frames: SignalFrame[] = [];
	/** Everything received on all tracks, in order of arrival. */
	readonly packets: RtpPacket[] = [];
	readonly rtcp: RtcpSeen[] = [];
	/** The close code and reason of the socket. */
	readonly closed: Promise<{ code: number; reason: string }>;
	/** `performance.now()` when the socket opened and when media was connected. */
	openedMs = 0;
	connectedMs: number | undefined;
	/** The description that the server sent last. */
	remoteSdp = '';
	onPacket: ((packet: RtpPacket) => void) | undefined;
	onPictureLoss: (() => void) | undefined;
	readonly #options: PeerOptions;
	readonly #connection: PeerConnection;
	readonly #tracks = new Map<string, Track>();
	readonly #sending = new Map<MediaKind, Track>();
	#hasDescribed = false;
	#closing = false;

	private constructor(options: PeerOptions) {
		this.#options = options;
		const ssrc = options.ssrc ?? nextSsrc;
		nextSsrc += 2;
		this.ssrc = { video: ssrc, audio: ssrc + 1 };
		this.#connection = new PeerConnection('test', {
			iceServers: [],
			disableAutoNegotiation: true,
			forceMediaTransport: true,
		});
		this.#connection.onStateChange((state) => {
			if (state === 'connected') this.connectedMs ??= performance.now();
		});
		this.#connection.onTrack(safely((track: Track) => this.#listen(track)));
		this.#connection.onLocalDescription((sdp, type) => this.#describe(sdp, type));
		this.#connection.onLocalCandidate((candidate, mid) => {
			if (this.#isOpen) this.signal('candidate', JSON.stringify({ candidate, sdpMid: mid, sdpMLineIndex: 0 }));
		});
		this.socket = new WebSocket(options.url);
		this.socket.on('message', (message) => this.#receive(JSON.parse(String(message))));
		this.closed = once(this.socket, 'close').then(([code, reason]) => ({ code: Number(code), reason: String(reason) }));
	}

	/** Resolves when the socket is open; see {@link connected} for media. */
	static async open(options: PeerOptions): Promise<DataChannelPeer> {
		const peer = new DataChannelPeer(options);
		await once(peer.socket, 'open');
		peer.openedMs = performance.now();
		if (options.offers !== undefined) peer.#offer();
		return peer;
	}

	/** Opens and waits for media. */
	static async connect(options: PeerOptions): Promise<DataChannelPeer> {
		const peer = await DataChannelPeer.open(options);
		await peer.connected();
		return peer;
	}

	/** Resolves when both sides can send: media is connected, and the server has read this side's description, which may come later. */
	async connected(withinMs = connectWithinMs): Promise<void> {
		await until('media connected', withinMs, () => this.connectedMs !== undefined && this.#hasDescribed);
		this.socket.ping();
		await once(this.socket, 'pong');
	}

	get isConnected(): boolean {
		return this.#connection.state() === 'connected';
	}

	/** What a check from this peer to the server is signed with. */
	get checkCredentials(): { readonly username: string; readonly password: string } {
		const own = /^a=ice-ufrag:(.*)\r$/m.exec(this.#connection.localDescription()?.sdp ?? '')?.[1];
		const [, ufrag] = /^a=ice-ufrag:(.*)\r$/m.exec(this.remoteSdp) ?? [];
		const [, password = ''] = /^a=ice-pwd:(.*)\r$/m.exec(this.remoteSdp) ?? [];
		return { username: `${ufrag}:${own}`, password };
	}

	/** Payload type that the server expects of what this peer sends. */
	payloadType(kind: MediaKind): number {
		if (kind === 'audio') return opusPayloadType;
		const { sends = 'VP8', videoPayloadType } = this.#options;
		return videoPayloadType ?? serverPayloadTypes[sends];
	}

	/** Header extension id of transport-cc on this transport, if the server asks for it. */
	get transportCcId(): number | undefined {
		if (this.#options.offers !== undefined) return ownTransportCcId;
		const id = new RegExp(`a=extmap:(\\d+) ${transportCcUri}`).exec(this.remoteSdp)?.[1];
		return id === undefined ? undefined : Number(id);
	}

	/** One RTP packet, or RTCP. False when libdatachannel did not take it. */
	send(kind: MediaKind, packet: Buffer): boolean {
		const track = this.#sending.get(kind) ?? this.#tracks.values().next().value;
		return !this.#closing && track?.isOpen() === true && track.sendMessageBinary(packet);
	}

	signal(event: string, data: string): void {
		this.socket.send(JSON.stringify({ event, data }));
	}

	/** Frames of one event. */
	framesOf(event: string): SignalFrame[] {
		return this.frames.filter((frame) => frame.event === event);
	}

	async nextFrame(event: string, withinMs = 5000): Promise<SignalFrame> {
		await until(`a frame ${event}`, withinMs, () => this.framesOf(event).length > 0);
		return this.framesOf(event)[0] as SignalFrame;
	}

	packetsOf(ssrc: number): RtpPacket[] {
		return this.packets.filter((packet) => packet.ssrc === ssrc);
	}

	/** SSRC of a kind in the first section that the server sends it in. */
	offeredSsrc(kind: MediaKind): number {
		const section = this.remoteSdp.split(/^m=/m).find((text) => text.startsWith(kind) && text.includes('a=ssrc:'));
		return Number(/a=ssrc:(\d+)/.exec(section ?? '')?.[1]);
	}

	/** Leaves as a page does that is closed on purpose. Twice is harmless. */
	async leave(): Promise<void> {
		if (!this.#closing) this.socket.close(1000);
		await this.closed;
		this.abandon();
	}

	/** Stops without a word to anybody: the socket breaks, and its media too. */
	abandon(): void {
		if (this.#closing) return;
		this.#closing = true;
		this.socket.terminate();
		this.#connection.close();
	}

	get #isOpen(): boolean {
		return !this.#closing && this.socket.readyState === WebSocket.OPEN;
	}

	#receive(frame: SignalFrame): void {
		this.frames.push(frame);
		const { offers } = this.#options;
		if (frame.event === 'offer' && offers === undefined) this.#answer(this.#sdpOf(frame.data));
		if (frame.event === 'answer' && offers !== undefined) this.#setRemote(this.#sdpOf(frame.data), 'answer');
	}

	#sdpOf(data: string): string {
		const sdp: string = data.startsWith('{') ? JSON.parse(data).sdp : data;
		const { viaPort } = this.#options;
		if (viaPort === undefined) return sdp;
		const candidate = `a=candidate:1 1 udp 2130706431 127.0.0.1 ${viaPort} typ host\r\n`;
		return sdp.replace(/(^a=candidate:.*\r\n)+/gm, candidate);
	}

	#answer(offer: string): void {
		if (this.#options.sends !== undefined && this.#sending.size === 0) {
			this.remoteSdp = offer;
			this.#addTracks('SendOnly');
		}
		this.#setRemote(offer, 'offer');
		this.#connection.setLocalDescription('answer');
	}

	#offer(): void {
		this.#addTracks(this.#options.receives === undefined ? 'SendOnly' : this.#options.sends === undefined ? 'RecvOnly' : 'SendRecv');
		this.#connection.setLocalDescription('offer');
	}

	#setRemote(sdp: string, type: 'offer' | 'answer'): void {
		this.remoteSdp = sdp;
		this.#connection.setRemoteDescription(sdp, type);
	}

	#addTracks(direction: 'SendOnly' | 'RecvOnly' | 'SendRecv'): void {
		const video = new Video('0', direction);
		const audio = new Audio('1', direction);
		const codec = this.#options.sends ?? this.#options.receives;
		if (codec === 'H264')
			video.addH264Codec(this.payloadType('video'), 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f');
		else video.addVP8Codec(this.payloadType('video'));
		audio.addOpusCodec(opusPayloadType);
		for (const [kind, media] of [
			['video', video],
			['audio', audio],
		] as const) {
			if (direction !== 'RecvOnly') media.addSSRC(this.ssrc[kind], 'test', 'test', `test-${kind}`);
			const id = this.transportCcId;
			if (id !== undefined) media.parseSdpLine(`a=extmap:${id} ${transportCcUri}`);
			const track = this.#connection.addTrack(media);
			if (direction !== 'RecvOnly') this.#sending.set(kind, track);
			this.#listen(track);
		}
	}

	#listen(track: Track): void {
		this.#tracks.set(track.mid(), track);
		track.onMessage(
			safely((bytes: Buffer) => {
				const nowMs = performance.now();
				if (isRtcp(bytes)) {
					for (const seen of readRtcp(bytes, nowMs)) {
						this.rtcp.push(seen);
						if (seen.type === 'picture-loss') this.onPictureLoss?.();
					}
					return;
				}
				const packet = readRtp(bytes, nowMs);
				if (packet === undefined) return;
				this.packets.push(packet);
				this.onPacket?.(packet);
			}),
		);
	}

	#describe(sdp: string, type: string): void {
		if (!this.#isOpen) return;
		const told = this.#options.rewrite?.(sdp) ?? sdp;
		this.#hasDescribed = true;
		this.signal(type, this.#options.offers === 'raw' ? told : JSON.stringify({ type, sdp: told }));
	}
}

/** An exception inside one of libdatachannel's callbacks would abort the process: it is thrown later, where the test sees it. */
function safely<Argument>(callback: (argument: Argument) => unknown): (argument: Argument) => void {
	return (argument) => {
		try {
			callback(argument);
		} catch (error) {
			setImmediate(() => {
				throw error;
			});
		}
	};
}
