import type { DtlsCertificate } from '../dtls/certificate.ts';
import { type DtlsKeys, DtlsSession } from '../dtls/dtls-session.ts';
import type { IceCredentials } from '../ice/credentials.ts';
import { IceLiteAgent, type IceOutcome } from '../ice/lite-agent.ts';
import type { RemoteAddress } from '../ice/path-table.ts';
import type { MediaDescription } from '../negotiation/media-description.ts';
import type { SrtpProfile } from '../srtp/profile.ts';
import type { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import type { StunMessage } from '../stun/message.ts';
import { Downlink } from './downlink.ts';
import type { MediaPath } from './media-path.ts';
import type { Outlet } from './outlet.ts';
import { RoamingFeedback } from './roaming-feedback.ts';
import { Uplink } from './uplink.ts';

/** What a peer's transport tells the engine. */
export interface EnginePeerListener {
	/** Keys are there and belong to the certificate that the description named: media may flow. */
	connected(peer: EnginePeer): void;
	/** The transport cannot go on. */
	failed(peer: EnginePeer, reason: 'dtls' | 'fingerprint' | 'dtls-closed'): void;
	/** A fault of ours was met in one of the transport's timers. */
	fault(error: unknown): void;
}

export interface EnginePeerOptions {
	readonly peerId: string;
	/** Grows with every peer: of two that feed one publication, the newer wins. */
	readonly serial: number;
	readonly ice: IceCredentials;
	/** The server's own SSRC in RTCP towards this peer. */
	readonly rtcpSsrc: number;
	readonly randomUint16: () => number;
	readonly certificate: DtlsCertificate;
	readonly srtpProfiles: readonly SrtpProfile[];
	/** Where the keys' contexts are opened. */
	readonly media: Pick<MediaPath, 'openOutlet' | 'openReceiver'>;
	readonly sendDatagram: (datagram: Uint8Array, to: RemoteAddress) => void;
	readonly listener: EnginePeerListener;
}

/**
 * One peer's transport: ICE chooses the path, DTLS on it makes the keys, SRTP uses them. What the peer sends is its `uplink`, what
 * it receives its `downlink`.
 */
export class EnginePeer {
	readonly peerId: string;
	readonly serial: number;
	readonly rtcpSsrc: number;
	readonly agent: IceLiteAgent;
	readonly uplink: Uplink;
	readonly downlink: Downlink;
	/** Where its feedback goes besides the path, while its media comes from elsewhere. */
	readonly roamingFeedback = new RoamingFeedback();
	readonly #options: EnginePeerOptions;
	#dtls: DtlsSession | undefined;
	/** When the peer's first check was answered: it begins DTLS as soon as an answer has come to it. */
	#firstCheckMs: number | undefined;
	/** Keys of a finished handshake whose certificate could not be compared yet. */
	#unverified: DtlsKeys | undefined;
	#description: MediaDescription | undefined;
	receiver: SrtpReceiver | undefined;
	outlet: Outlet | undefined;
	/** Consent has expired: nothing is sent until a check comes. */
	silent = false;
	/** When its sources are reported to it again. */
	nextSenderReportMs = 0;
	/** When the engine has something to do for it again. Whoever gives it something to do sets it to 0. */
	nextTickMs = 0;
	/** The room was told that this ICE generation is nearly used up. */
	wornTold = false;
	/** The server's ufrags that lead to this peer: of the current ICE generation and, until it is retired, the former. */
	readonly ufrags = new Set<string>();
	/** SSRCs seen from this peer, for the way back from a packet of an unknown address. */
	readonly ssrcs = new Set<number>();
	#closed = false;

	constructor(options: EnginePeerOptions) {
		this.peerId = options.peerId;
		this.serial = options.serial;
		this.rtcpSsrc = options.rtcpSsrc;
		this.#options = options;
		this.agent = new IceLiteAgent(options.ice);
		this.uplink = new Uplink(options.rtcpSsrc);
		this.downlink = new Downlink(options.randomUint16);
	}

	get description(): MediaDescription | undefined {
		return this.#description;
	}

	/** Where the server sends to this peer, undefined while it may not. */
	get path(): RemoteAddress | undefined {
		return this.silent ? undefined : this.agent.selected;
	}

	get isConnected(): boolean {
		return this.outlet !== undefined;
	}

	handleCheck(message: StunMessage, from: RemoteAddress, nowMs: number): IceOutcome {
		const outcome = this.agent.handleRequest(message, from, nowMs);
		if (outcome.verdict === 'accepted') this.#firstCheckMs ??= nowMs;
		if (outcome.path?.moved) this.#followPath();
		return outcome;
	}

	/** An authentic packet of media, of so many bytes, came from here. Returns what that changed about the known addresses. */
	acceptMedia(
		from: RemoteAddress,
		bytes: number,
		nowMs: number,
	): { readonly added: boolean; readonly forgotten: RemoteAddress | undefined } {
		const change = this.agent.acceptMedia(from, nowMs);
		if (change.moved) this.#followPath();
		const { selected } = this.agent;
		if (selected?.port !== from.port || selected.address !== from.address) this.roamingFeedback.mediaFrom(from, bytes, nowMs);
		return change;
	}

	handleDtls(datagram: Uint8Array, nowMs: number): void {
		if (this.#closed) return;
		this.#dtls ??= new DtlsSession({
			certificate: this.#options.certificate,
			srtpProfiles: this.#options.srtpProfiles,
			roundTripMs: this.#firstCheckMs === undefined ? undefined : nowMs - this.#firstCheckMs,
			send: (bytes) => {
				const path = this.path;
				if (path !== undefined) this.#options.sendDatagram(bytes, path);
			},
			onConnected: (keys) => this.#verify(keys),
			onFault: (error) => this.#options.listener.fault(error),
			onClosed: (reason) => this.#options.listener.failed(this, reason === 'closed-by-peer' ? 'dtls-closed' : 'dtls'),
		});
		this.#dtls.receive(datagram);
	}

	describe(description: MediaDescription): void {
		this.#description = description;
		this.uplink.describe(description.receives);
		if (this.#unverified !== undefined) this.#verify(this.#unverified);
	}

	/** Consent has run out, or is back. */
	setSilent(silent: boolean): void {
		this.silent = silent;
		this.#followPath();
	}

	close(): void {
		this.#closed = true;
		this.#dtls?.close();
		this.#closeKeys();
		this.#unverified = undefined;
	}

	/** RFC 8827, section 6.5: the certificate must be the one that signaling named, else nothing of this transport is used. */
	#verify(keys: DtlsKeys): void {
		const expected = this.#description?.fingerprint;
		if (expected === undefined) {
			this.#unverified = keys;
			return;
		}
		this.#unverified = undefined;
		if (keys.remoteFingerprint(expected.algorithm) !== expected.value) {
			this.#options.listener.failed(this, 'fingerprint');
			return;
		}
		this.#closeKeys();
		const { media } = this.#options;
		this.receiver = media.openReceiver(keys.profile, keys.clientKey, keys.clientSalt);
		this.outlet = media.openOutlet(keys.profile, keys.serverKey, keys.serverSalt);
		this.downlink.setOutlet(this.outlet);
		this.#followPath();
		this.#options.listener.connected(this);
	}

	#followPath(): void {
		this.outlet?.setPath(this.path);
	}

	#closeKeys(): void {
		this.receiver?.close();
		this.outlet?.close();
		this.receiver = undefined;
		this.outlet = undefined;
	}
}
