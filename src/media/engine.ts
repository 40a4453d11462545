import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import type { DtlsCertificate } from '../dtls/certificate.ts';
import { CONSENT_TIMEOUT_MS, type RemoteAddress } from '../ice/path-table.ts';
import { headerExtensions } from '../negotiation/header-extensions.ts';
import type { MediaDescription, Publication } from '../negotiation/media-description.ts';
import type { RtcpPacket } from '../rtcp/compound.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import type { SrtpProfile } from '../srtp/profile.ts';
import { announcedAddresses } from './announced-addresses.ts';
import type { Reception } from './downlink.ts';
import { DropCounts, type DropReason } from './drop-counts.ts';
import { EnginePeer } from './engine-peer.ts';
import type { EngineAddress, EngineCommand, EngineEvent } from './engine-port.ts';
import { EnginePublication } from './engine-publication.ts';
import { FaultLog } from './fault-log.ts';
import { HandshakeQueue } from './handshake-queue.ts';
import { Ingress } from './ingress.ts';
import type { LinkQuality } from './link-quality.ts';
import { DROP_LOG_INTERVAL_MS, SWEEP_INTERVAL_MS, TICK_MS } from './media-limits.ts';
import type { MediaLog } from './media-log.ts';
import { type MediaPath, openMediaPath } from './media-path.ts';
import { type MirrorMessage, Mirrors } from './mirror.ts';
import type { NativeAddon } from './native-addon.ts';
import { PeerTable } from './peer-table.ts';
import { PictureSource } from './picture-source.ts';
import { RtcpWriter } from './rtcp-writer.ts';
import { SenderReporter } from './sender-reporter.ts';
import { SoundSource } from './sound-source.ts';

export type EngineSizes = { readonly publications: number } & PeerTable['sizes'];

export interface EngineCounters {
	/** Received datagrams that were not used, by reason. */
	readonly dropped: Readonly<Record<DropReason, number>>;
	readonly sendDropped: number;
	readonly sendRefused: number;
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
	/** The server's, the same in every worker: a client may be moved to another one. */
	readonly certificate: DtlsCertificate;
	/** The addon of this thread; undefined: all in TypeScript. */
	readonly native: NativeAddon | undefined;
	readonly log: MediaLog;
}

/** The media engine of one UDP socket, in this thread. */
export class LocalEngine {
	readonly address: EngineAddress;
	onEvent: (event: EngineEvent) => void = () => {};
	readonly #options: LocalEngineOptions;
	readonly #media: MediaPath;
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
	#nextSweepMs = 0;

	private constructor(options: LocalEngineOptions, media: MediaPath) {
		this.#options = options;
		this.#faults = new FaultLog(options.log);
		const { socket } = media;
		this.#media = media;
		this.#rtcp = new RtcpWriter(socket);
		this.#reporter = new SenderReporter(this.#rtcp);
		const addresses = announcedAddresses({
			configured: options.announcedIps,
			interfaces: networkInterfaces(),
			families: socket.families,
			production: options.production,
		});
		this.address = {
			fingerprint: options.certificate.fingerprint,
			candidates: addresses.map((address) => ({ address, port: socket.port })),
		};
		const ingress = new Ingress({
			peers: this.#peers,
			drops: this.#drops,
			handshakes: new HandshakeQueue(
				(peer, datagram) => peer.handleDtls(datagram, performance.now()),
				(turn) => setImmediate(() => this.#guarded(turn)),
				() => performance.now(),
			),
			reply: (datagram, to) => this.#send(datagram, to),
			listener: {
				checked: (peer, remoteUfrag) => this.#checked(peer, remoteUfrag),
				rtp: (peer, packet, header, nowMs) => this.#relay(peer, packet, header, nowMs),
				rtcp: (peer, packets, nowMs) => this.#receiveRtcp(peer, packets, nowMs),
			},
		});
		// The last line of defence: a fault met while serving one peer must not end the sessions of all.
		socket.onDatagram((bytes, length, from) => {
			try {
				ingress.receive(bytes, length, from, performance.now());
			} catch (error) {
				this.#faults.report(error, performance.now());
			}
		});
		this.#ticker = setInterval(() => this.#guarded(() => this.#tick(performance.now())), TICK_MS);
	}

	/** Binds the socket. Rejects with the system's error when the address cannot be bound. */
	static async open(options: LocalEngineOptions): Promise<LocalEngine> {
		const media = await openMediaPath(options.native, options.host, options.port);
		return new LocalEngine(options, media);
	}

	get port(): number {
		return this.#media.socket.port;
	}

	/** How much is held of everything; all zero when nobody is left. */
	get sizes(): EngineSizes {
		return { publications: this.#publications.size, ...this.#peers.sizes };
	}

	/** How the links of all connected peers fare. */
	links(): readonly LinkQuality[] {
		const links: LinkQuality[] = [];
		for (const { peerId, isConnected, uplink, downlink } of this.#peers.all()) {
			if (!isConnected) continue;
			for (const [direction, link] of [
				['up', uplink],
				['down', downlink],
			] as const) {
				if (!link.isUsed) continue;
				const { roundTripMs, fractionLost, jitterMs } = link;
				links.push({ peerId, direction, roundTripMs, fractionLost, jitterMs });
			}
		}
		return links;
	}

	/** Counters since the start, for metrics. */
	get counters(): EngineCounters {
		return { dropped: this.#drops.total, sendDropped: this.#media.socket.dropped, sendRefused: this.#media.socket.refused };
	}

	send(command: EngineCommand): void {
		this.#guarded(() => this.#carryOut(command));
	}

	#carryOut(command: EngineCommand): void {
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
		}
	}

	async close(): Promise<void> {
		clearInterval(this.#ticker);
		for (const peer of [...this.#peers.all()]) this.#closePeer(peer.peerId);
		for (const publicationId of [...this.#publications.keys()]) this.#closePublication(publicationId);
		await this.#media.socket.close();
	}

	/** A publication whose packets come from another worker, its home: for viewers that the home does not serve itself. */
	openMirror(publication: Publication, origin: MessagePort): void {
		const mirror = this.#openPublication(publication, origin);
		if (mirror === undefined) {
			origin.close();
			return;
		}
		origin.on('message', (message: MirrorMessage) => this.#guarded(() => mirror.relayMirrored(message, performance.now())));
	}

	/** From now on a publication that is at home here is told to a mirror too, beginning with the kept group. */
	feedMirror(publicationId: string, port: MessagePort): void {
		const publication = this.#publications.get(publicationId);
		if (publication === undefined) {
			port.close();
			return;
		}
		this.#guarded(() => {
			for (const message of publication.video.keptGroup(performance.now())) port.postMessage(message);
		});
		publication.mirrors.add(port, () => this.#guarded(() => this.#requestKeyframe(publication, performance.now())));
	}

	#openPublication(publication: Publication, origin?: MessagePort): EnginePublication | undefined {
		if (this.#publications.has(publication.publicationId)) return undefined;
		const { publicationId } = publication;
		const mirrors = new Mirrors();
		const common = (ssrc: number) => ({
			publicationId,
			ssrc,
			cname: publication.streamName,
			firstSequence: randomUint16(),
			firstTimestamp: randomBytes(4).readUInt32BE(),
			absSendTimeId: headerExtensions.absSendTime.id,
			fanOut: this.#media.fanOut,
			mirrors,
		});
		const { keyframeIntervalMs } = this.#options;
		const video = new PictureSource({ ...common(publication.videoSsrc), rtxSsrc: publication.videoRtxSsrc, keyframeIntervalMs });
		const audio = new SoundSource(common(publication.audioSsrc));
		const opened = new EnginePublication({ publicationId, video, audio, mirrors, origin });
		this.#publications.set(publicationId, opened);
		return opened;
	}

	#closePublication(publicationId: string): void {
		const publication = this.#publications.get(publicationId);
		if (publication === undefined) return;
		this.#publications.delete(publicationId);
		this.#fed.delete(publication);
		publication.close();
		for (const peer of this.#peers.all()) for (const { ssrc } of publication.sources) peer.downlink.forget(ssrc);
	}

	#openPeer(peerId: string, ice: { ufrag: string; pwd: string }): void {
		if (this.#peers.get(peerId) !== undefined) return;
		const peer = new EnginePeer({
			peerId,
			serial: this.#nextSerial,
			ice,
			rtcpSsrc: randomBytes(4).readUInt32BE(),
			randomUint16,
			certificate: this.#options.certificate,
			srtpProfiles: this.#options.srtpProfiles,
			media: this.#media,
			sendDatagram: (datagram, to) => this.#send(datagram, to),
			listener: {
				connected: (connected) => this.#connected(connected),
				failed: (failed, reason) => {
					this.#closePeer(failed.peerId);
					this.onEvent({ type: 'peer-failed', peerId: failed.peerId, reason });
				},
				fault: (error) => this.#faults.report(error, performance.now()),
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
		peer.nextTickMs = 0;
		// The certificate may have turned out to be another's.
		if (this.#peers.get(peerId) !== peer) return;
		this.#releaseUndescribed(peer, description);
		const joined = peer.downlink.describe(description.sends, (section) =>
			this.#publications.get(section.publicationId)?.source(section.kind),
		);
		if (peer.isConnected) for (const reception of joined) this.#joined(peer, reception, performance.now());
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
		if (publication.lostFeeder(peer)) this.#publicationLost(publication, performance.now());
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
		for (const reception of peer.downlink.receptions) this.#joined(peer, reception, nowMs);
		this.onEvent({ type: 'peer-connected', peerId: peer.peerId });
	}

	/** A viewer can receive a source from now on: it needs a picture to begin with, and to know how sound and picture lie. */
	#joined(peer: EnginePeer, reception: Reception, nowMs: number): void {
		peer.nextTickMs = 0;
		this.#reporter.reportTo(peer, reception, nowMs);
		if (reception.kind === 'audio' || reception.viewer.join(nowMs)) return;
		this.#requestKeyframe(this.#publications.get(reception.source.publicationId), nowMs);
	}

	#requestKeyframe(publication: EnginePublication | undefined, nowMs: number): void {
		if (publication?.askOrigin(nowMs)) return;
		if (publication?.video.keyframes.request(nowMs)) this.#sendPictureLoss(publication);
	}

	#sendPictureLoss({ feeder, video }: EnginePublication): void {
		if (feeder === undefined || video.feedSsrc === undefined) return;
		this.#rtcp.send(feeder, [{ type: 'picture-loss', senderSsrc: feeder.rtcpSsrc, mediaSsrc: video.feedSsrc }]);
	}

	#relay(peer: EnginePeer, packet: Uint8Array, header: RtpHeader, nowMs: number): void {
		const section = peer.uplink.receive(packet, header, nowMs);
		const format = section?.formatOf(header.payloadType);
		const publication = section && this.#publications.get(section.publicationId);
		if (section === undefined || format === undefined || publication === undefined) {
			this.#drops.count('unexpected');
			return;
		}
		const codec = section.repair(packet, header, format, nowMs);
		if (codec === undefined || !publication.fedBy(peer)) return;
		this.#fed.add(publication);
		const source = publication.source(section.kind);
		const begun = source.feedSsrc === undefined;
		const codecBefore = source.codec;
		const taken =
			source.kind === 'video'
				? source.relay(peer.serial, packet, header, codec, section.layers, nowMs)
				: source.relay(peer.serial, packet, header, format.type === 'red', nowMs);
		if (!taken) return;
		const { publicationId } = section;
		if (publication.liveness.packet(nowMs)) this.onEvent({ type: 'publication-back', publicationId });
		if (!begun && codec === codecBefore) return;
		this.onEvent({ type: 'publication-live', publicationId, peerId: peer.peerId, kind: section.kind, codec });
		if (section.kind === 'audio') return;
		if (!begun) this.#requestKeyframe(publication, nowMs);
		else if (publication.video.keyframes.attach(nowMs)) this.#sendPictureLoss(publication);
	}

	#receiveRtcp(peer: EnginePeer, packets: readonly RtcpPacket[], nowMs: number): void {
		for (const packet of packets) {
			switch (packet.type) {
				case 'sender-report': {
					if (packet.reports.length > 0) peer.downlink.report(packet.reports, performance.timeOrigin + nowMs, nowMs);
					const section = peer.uplink.senderReport(packet, nowMs);
					const publication = section && this.#publications.get(section.publicationId);
					if (section !== undefined && publication?.feeder === peer) publication.senderReport(section.kind, packet);
					break;
				}
				case 'receiver-report':
					peer.downlink.report(packet.reports, performance.timeOrigin + nowMs, nowMs);
					break;
				case 'remb':
					peer.downlink.remb(packet.bitrateBps, nowMs);
					break;
				case 'generic-nack': {
					const reception = peer.downlink.receptionOf(packet.mediaSsrc);
					if (reception?.kind === 'video') reception.viewer.retransmit(packet.sequences, peer.downlink.roundTripMs, nowMs);
					break;
				}
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
		const reception = peer.downlink.receptionOf(ssrc);
		peer.nextTickMs = 0;
		if (reception?.kind !== 'video' || reception.viewer.answerKeyframeRequest(nowMs) === 'answered') return;
		this.#requestKeyframe(this.#publications.get(reception.source.publicationId), nowMs);
	}

	#tick(nowMs: number): void {
		for (const peer of this.#peers.all()) {
			// Of a thousand viewers that take every packet as it comes, each is looked at ten times a second, not a hundred.
			if (nowMs < peer.nextTickMs) continue;
			const { lastCheckMs } = peer.agent;
			if (!peer.silent && lastCheckMs !== undefined && nowMs - lastCheckMs > CONSENT_TIMEOUT_MS) {
				peer.setSilent(true);
				this.onEvent({ type: 'peer-silent', peerId: peer.peerId });
			}
			if (!peer.isConnected) continue;
			if (peer.uplink.isUsed) {
				for (const compound of peer.uplink.feedback(nowMs)) this.#rtcp.sendBytes(peer, compound);
				this.#askForLost(peer, nowMs);
			}
			this.#reporter.reportDue(peer, nowMs);
			peer.downlink.tick(nowMs);
			if (peer.uplink.sections.length === 0) peer.nextTickMs = Math.min(peer.downlink.nextTickMs, peer.nextSenderReportMs);
		}
		for (const publication of this.#fed) {
			if (publication.video.keyframes.tick(nowMs)) this.#sendPictureLoss(publication);
			if (publication.liveness.tick(nowMs)) this.#publicationLost(publication, nowMs);
		}
		if (nowMs < this.#nextSweepMs) return;
		this.#nextSweepMs = nowMs + SWEEP_INTERVAL_MS;
		for (const { video } of this.#publications.values()) video.tick(nowMs);
		this.#logDrops(nowMs);
	}

	/** What was asked for and never came makes the picture wait for a keyframe. */
	#askForLost(peer: EnginePeer, nowMs: number): void {
		for (const { nack, publicationId } of peer.uplink.sections) {
			if (nack?.takeLostForGood()) this.#requestKeyframe(this.#publications.get(publicationId), nowMs);
		}
	}

	#publicationLost({ publicationId, liveness }: EnginePublication, nowMs: number): void {
		this.onEvent({ type: 'publication-lost', publicationId, silentMs: liveness.silentMs(nowMs) });
	}

	#logDrops(nowMs: number): void {
		if (nowMs < this.#nextDropLogMs) return;
		this.#nextDropLogMs = nowMs + DROP_LOG_INTERVAL_MS;
		const dropped = this.#drops.news();
		if (dropped !== undefined) this.#options.log.info({ dropped }, 'media datagrams dropped');
	}

	#guarded(action: () => void): void {
		try {
			action();
		} catch (error) {
			this.#faults.report(error, performance.now());
		}
	}

	#send(datagram: Uint8Array, to: RemoteAddress): void {
		this.#media.socket.send(datagram, datagram.length, to.address, to.port);
	}
}

function randomUint16(): number {
	return randomBytes(2).readUInt16BE();
}
