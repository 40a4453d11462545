import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { createCertificate, type DtlsCertificate } from '../dtls/certificate.ts';
import { CONSENT_TIMEOUT_MS, type RemoteAddress } from '../ice/path-table.ts';
import { headerExtensions } from '../negotiation/header-extensions.ts';
import type { MediaDescription, Publication } from '../negotiation/media-description.ts';
import type { RtcpPacket } from '../rtcp/compound.ts';
import type { MediaKind } from '../rtp/codecs.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import type { SrtpProfile } from '../srtp/profile.ts';
import { announcedAddresses } from './announced-addresses.ts';
import { DropCounts } from './drop-counts.ts';
import { EnginePeer } from './engine-peer.ts';
import type { EngineAddress, EngineCommand, EngineEvent, MediaEngine } from './engine-port.ts';
import { EnginePublication } from './engine-publication.ts';
import { EngineSource } from './engine-source.ts';
import { type FanOut, TypeScriptFanOut } from './fan-out.ts';
import { FaultLog } from './fault-log.ts';
import { Ingress } from './ingress.ts';
import { DROP_LOG_INTERVAL_MS, TICK_MS } from './media-limits.ts';
import { PeerTable } from './peer-table.ts';
import { RtcpWriter } from './rtcp-writer.ts';
import { SenderReporter } from './sender-reporter.ts';
import { UdpSocket } from './udp-socket.ts';
import { codecOf } from './uplink.ts';

export interface MediaLog {
	info(fields: object, message: string): void;
	warn(fields: object, message: string): void;
}

export interface LocalEngineOptions {
	readonly host: string;
	readonly port: number;
	/** Addresses for ICE candidates; empty: the machine's own. */
	readonly announcedIps: readonly string[];
	readonly production: boolean;
	/** Between two unasked keyframe requests; 0: on demand only. */
	readonly keyframeIntervalMs: number;
	/** In order of preference. */
	readonly srtpProfiles: readonly SrtpProfile[];
	readonly log: MediaLog;
}

/** The media engine of one UDP socket, in this thread. */
export class LocalEngine implements MediaEngine {
	readonly address: EngineAddress;
	onEvent: (event: EngineEvent) => void = () => {};
	readonly #options: LocalEngineOptions;
	readonly #socket: UdpSocket;
	readonly #certificate: DtlsCertificate;
	readonly #fanOut: FanOut;
	readonly #drops = new DropCounts();
	readonly #faults: FaultLog;
	readonly #peers = new PeerTable();
	readonly #publications = new Map<string, EnginePublication>();
	/** Those that a peer feeds now; the others need no looking after. */
	readonly #fed = new Set<EnginePublication>();
	readonly #rtcp: RtcpWriter;
	readonly #reporter: SenderReporter;
	readonly #ticker: NodeJS.Timeout;
	#nextSerial = 1;
	#nextDropLogMs = 0;

	private constructor(options: LocalEngineOptions, socket: UdpSocket, certificate: DtlsCertificate) {
		this.#options = options;
		this.#faults = new FaultLog(options.log);
		this.#socket = socket;
		this.#certificate = certificate;
		this.#fanOut = new TypeScriptFanOut(socket);
		this.#rtcp = new RtcpWriter(socket);
		this.#reporter = new SenderReporter(this.#rtcp);
		const addresses = announcedAddresses({
			configured: options.announcedIps,
			interfaces: networkInterfaces(),
			families: socket.families,
			production: options.production,
		});
		this.address = {
			fingerprint: certificate.fingerprint,
			candidates: addresses.map((address) => ({ address, port: socket.port })),
		};
		const ingress = new Ingress({
			peers: this.#peers,
			drops: this.#drops,
			reply: (datagram, to) => this.#send(datagram, to),
			listener: {
				checked: (peer, remoteUfrag) => this.#checked(peer, remoteUfrag),
				rtp: (peer, packet, header, nowMs) => this.#relay(peer, packet, header, nowMs),
				rtcp: (peer, packets, nowMs) => this.#receiveRtcp(peer, packets, nowMs),
			},
		});
		// The last line of defence: a fault met while serving one peer must not end the sessions of all.
		socket.onDatagram((datagram, from) => {
			try {
				ingress.receive(datagram, from, performance.now());
			} catch (error) {
				this.#faults.report(error, performance.now());
			}
		});
		this.#ticker = setInterval(() => {
			try {
				this.#tick(performance.now());
			} catch (error) {
				this.#faults.report(error, performance.now());
			}
		}, TICK_MS);
	}

	/** Binds the socket and makes a certificate. Rejects with the system's error when the address cannot be bound. */
	static async open(options: LocalEngineOptions): Promise<LocalEngine> {
		const certificate = await createCertificate();
		const socket = await UdpSocket.bind(options.host, options.port);
		return new LocalEngine(options, socket, certificate);
	}

	get port(): number {
		return this.#socket.port;
	}

	/** How much is held of everything; all zero when nobody is left. */
	get sizes(): { readonly publications: number } & PeerTable['sizes'] {
		return { publications: this.#publications.size, ...this.#peers.sizes };
	}

	/** Counters since the start, for metrics. */
	get counters(): { readonly dropped: Readonly<Record<string, number>>; readonly sendDropped: number; readonly sendRefused: number } {
		return { dropped: this.#drops.total, sendDropped: this.#socket.dropped, sendRefused: this.#socket.refused };
	}

	send(command: EngineCommand): void {
		switch (command.type) {
			case 'open-publication':
				this.#openPublication(command.publication);
				return;
			case 'close-publication':
				this.#closePublication(command.publicationId);
				return;
			case 'open-peer':
				this.#openPeer(command.peerId, command.ice);
				return;
			case 'restart-ice':
				this.#restartIce(command.peerId, command.ice);
				return;
			case 'describe-peer':
				this.#describePeer(command.peerId, command.description);
				return;
			case 'close-peer':
				this.#closePeer(command.peerId);
				return;
			case 'request-keyframe':
				this.#requestKeyframe(this.#publications.get(command.publicationId), performance.now());
				return;
		}
	}

	async close(): Promise<void> {
		clearInterval(this.#ticker);
		for (const peer of [...this.#peers.all()]) this.#closePeer(peer.peerId);
		for (const publicationId of [...this.#publications.keys()]) this.#closePublication(publicationId);
		await this.#socket.close();
	}

	#openPublication(publication: Publication): void {
		if (this.#publications.has(publication.publicationId)) return;
		const sourceOf = (kind: MediaKind, ssrc: number) =>
			new EngineSource({
				publicationId: publication.publicationId,
				kind,
				ssrc,
				cname: publication.streamName,
				firstSequence: randomBytes(2).readUInt16BE(),
				firstTimestamp: randomBytes(4).readUInt32BE(),
				absSendTimeId: headerExtensions.absSendTime.id,
				keyframeIntervalMs: this.#options.keyframeIntervalMs,
				fanOut: this.#fanOut,
			});
		this.#publications.set(
			publication.publicationId,
			new EnginePublication(publication.publicationId, sourceOf('video', publication.videoSsrc), sourceOf('audio', publication.audioSsrc)),
		);
	}

	#closePublication(publicationId: string): void {
		const publication = this.#publications.get(publicationId);
		if (publication === undefined) return;
		this.#publications.delete(publicationId);
		this.#fed.delete(publication);
		for (const peer of this.#peers.all()) for (const source of publication.sources) peer.downlink.forget(source);
	}

	#openPeer(peerId: string, ice: { ufrag: string; pwd: string }): void {
		if (this.#peers.get(peerId) !== undefined) return;
		const peer = new EnginePeer({
			peerId,
			serial: this.#nextSerial,
			ice,
			rtcpSsrc: randomBytes(4).readUInt32BE(),
			certificate: this.#certificate,
			srtpProfiles: this.#options.srtpProfiles,
			sendDatagram: (datagram, to) => this.#send(datagram, to),
			listener: {
				connected: (connected) => this.#connected(connected),
				failed: (failed, reason) => {
					this.#closePeer(failed.peerId);
					this.onEvent({ type: 'peer-failed', peerId: failed.peerId, reason });
				},
			},
		});
		this.#nextSerial += 1;
		this.#peers.add(peer);
	}

	#restartIce(peerId: string, ice: { ufrag: string; pwd: string }): void {
		const peer = this.#peers.get(peerId);
		if (peer === undefined) return;
		this.#peers.retireUfrag(peer.agent.restart(ice), peer);
		this.#peers.addUfrag(ice.ufrag, peer);
		peer.wornTold = false;
	}

	#describePeer(peerId: string, description: MediaDescription): void {
		const peer = this.#peers.get(peerId);
		if (peer === undefined) return;
		peer.describe(description);
		// The certificate may have turned out to be another's.
		if (this.#peers.get(peerId) !== peer) return;
		this.#releaseUndescribed(peer, description);
		const joined = peer.downlink.describe(description.sends, (section) =>
			this.#publications.get(section.publicationId)?.source(section.kind),
		);
		if (peer.isConnected) for (const source of joined) this.#joined(peer, source, performance.now());
	}

	#closePeer(peerId: string): void {
		const peer = this.#peers.get(peerId);
		if (peer === undefined) return;
		peer.downlink.close();
		peer.close();
		this.#peers.remove(peer);
		for (const publication of this.#fed) if (publication.feeder === peer) this.#release(publication, peer);
	}

	/** What the peer fed and does not feed any more by its new description. */
	#releaseUndescribed(peer: EnginePeer, { receives }: MediaDescription): void {
		for (const publication of this.#fed) {
			const isFed = receives.some((section) => section.publicationId === publication.publicationId);
			if (publication.feeder === peer && !isFed) this.#release(publication, peer);
		}
	}

	#release(publication: EnginePublication, peer: EnginePeer): void {
		this.#fed.delete(publication);
		if (publication.lostFeeder(peer)) this.onEvent({ type: 'publication-lost', publicationId: publication.publicationId });
	}

	#checked(peer: EnginePeer, remoteUfrag: string | undefined): void {
		if (peer.silent) {
			peer.setSilent(false);
			this.onEvent({ type: 'peer-back', peerId: peer.peerId });
		}
		if (peer.agent.isWorn && !peer.wornTold) {
			peer.wornTold = true;
			this.onEvent({ type: 'ice-worn', peerId: peer.peerId });
		}
		if (remoteUfrag !== undefined) this.onEvent({ type: 'ice-check', peerId: peer.peerId, remoteUfrag });
	}

	#connected(peer: EnginePeer): void {
		const nowMs = performance.now();
		for (const source of peer.downlink.subscriptions.keys()) this.#joined(peer, source, nowMs);
		this.onEvent({ type: 'peer-connected', peerId: peer.peerId });
	}

	/** A viewer can receive a source from now on: it needs a keyframe to begin with, and to know how sound and picture lie. */
	#joined(peer: EnginePeer, source: EngineSource, nowMs: number): void {
		this.#reporter.reportTo(peer, source, nowMs);
		if (source.kind === 'video') this.#requestKeyframe(this.#publications.get(source.publicationId), nowMs);
	}

	#requestKeyframe(publication: EnginePublication | undefined, nowMs: number): void {
		if (publication?.video.keyframes?.request(nowMs)) this.#sendPictureLoss(publication);
	}

	#sendPictureLoss({ feeder, video }: EnginePublication): void {
		if (feeder === undefined || video.feedSsrc === undefined) return;
		this.#rtcp.send(feeder, [{ type: 'picture-loss', senderSsrc: feeder.rtcpSsrc, mediaSsrc: video.feedSsrc }]);
	}

	#relay(peer: EnginePeer, packet: Uint8Array, header: RtpHeader, nowMs: number): void {
		const section = peer.uplink.receive(packet, header, nowMs);
		const codec = section && codecOf(section, header.payloadType);
		const publication = section && this.#publications.get(section.publicationId);
		if (section === undefined || codec === undefined || publication === undefined) {
			this.#drops.count('unexpected');
			return;
		}
		const { publicationId } = section;
		if (!publication.fedBy(peer)) return;
		this.#fed.add(publication);
		const source = publication.source(section.kind);
		const begun = source.feedSsrc === undefined;
		const codecBefore = source.codec;
		if (!source.relay(peer.serial, packet, header, codec, nowMs)) return;
		if (publication.liveness.packet(nowMs)) this.onEvent({ type: 'publication-back', publicationId });
		if (!begun && codec === codecBefore) return;
		this.onEvent({ type: 'publication-live', publicationId, peerId: peer.peerId, kind: section.kind, codec });
		if (begun && source.keyframes?.attach(nowMs)) this.#sendPictureLoss(publication);
		if (!begun) this.#requestKeyframe(publication, nowMs);
	}

	#receiveRtcp(peer: EnginePeer, packets: readonly RtcpPacket[], nowMs: number): void {
		for (const packet of packets) {
			switch (packet.type) {
				case 'sender-report': {
					const section = peer.uplink.senderReport(packet, nowMs);
					const publication = section && this.#publications.get(section.publicationId);
					if (section !== undefined && publication?.feeder === peer) publication.senderReport(section.kind, packet);
					break;
				}
				case 'receiver-report':
					for (const block of packet.reports) peer.downlink.report(block, performance.timeOrigin + nowMs);
					break;
				case 'picture-loss':
					this.#viewerAsksKeyframe(peer, packet.mediaSsrc, nowMs);
					break;
				case 'full-intra-request':
					for (const entry of packet.entries) this.#viewerAsksKeyframe(peer, entry.ssrc, nowMs);
					break;
				default:
					break;
			}
		}
	}

	#viewerAsksKeyframe(peer: EnginePeer, ssrc: number, nowMs: number): void {
		const source = peer.downlink.sourceOf(ssrc);
		if (source !== undefined) this.#requestKeyframe(this.#publications.get(source.publicationId), nowMs);
	}

	#tick(nowMs: number): void {
		for (const peer of this.#peers.all()) {
			const { lastCheckMs } = peer.agent;
			if (!peer.silent && lastCheckMs !== undefined && nowMs - lastCheckMs > CONSENT_TIMEOUT_MS) {
				peer.setSilent(true);
				this.onEvent({ type: 'peer-silent', peerId: peer.peerId });
			}
			if (!peer.isConnected) continue;
			for (const compound of peer.uplink.feedback(nowMs)) this.#rtcp.sendBytes(peer, compound);
			this.#reporter.reportDue(peer, nowMs);
		}
		for (const publication of this.#fed) {
			const { publicationId } = publication;
			if (publication.video.keyframes?.tick(nowMs)) this.#sendPictureLoss(publication);
			if (publication.liveness.tick(nowMs)) this.onEvent({ type: 'publication-lost', publicationId });
		}
		this.#logDrops(nowMs);
	}

	#logDrops(nowMs: number): void {
		if (nowMs < this.#nextDropLogMs) return;
		this.#nextDropLogMs = nowMs + DROP_LOG_INTERVAL_MS;
		const dropped = this.#drops.news();
		if (dropped !== undefined) this.#options.log.info({ dropped }, 'media datagrams dropped');
	}

	#send(datagram: Uint8Array, to: RemoteAddress): void {
		this.#socket.send(datagram, datagram.length, to.address, to.port);
	}
}
