import { afterAll, afterEach, beforeAll } from 'vitest';
import { DataChannelPeer, type PeerOptions } from '../support/datachannel-peer.ts';
import { LiveSource, type SourceOptions } from '../support/datachannel-source.ts';
import { type RunningServer, type ServerOptions, startServer } from '../support/start-server.ts';
import { UdpRelay, type UdpRelayOptions } from '../support/udp-relay.ts';

export interface Stage {
	readonly server: RunningServer;
	/** A peer whose media is connected; it leaves when the test ends. */
	join(options: PeerOptions): Promise<DataChannelPeer>;
	/** Only the socket is open. */
	enter(options: PeerOptions): Promise<DataChannelPeer>;
	/** A live source, stopped when the test ends. */
	play(peer: DataChannelPeer, options: SourceOptions): LiveSource;
	/** A relay before the server's media port; closed when the test ends. */
	relay(options?: UdpRelayOptions): Promise<UdpRelay>;
}

/** A server for the tests of a `describe` or file, and clients that go with each test. */
export function useStage(options: ServerOptions = {}): Stage {
	let running: RunningServer | undefined;
	const peers: DataChannelPeer[] = [];
	const sources: LiveSource[] = [];
	const relays: UdpRelay[] = [];

	beforeAll(async () => {
		running = await startServer(options);
	});
	afterEach(async () => {
		for (const source of sources.splice(0)) source.stop();
		await Promise.all(peers.splice(0).map((peer) => peer.leave()));
		await Promise.all(relays.splice(0).map((relay) => relay.close()));
	});
	afterAll(() => running?.stop());

	const stage: Stage = {
		get server() {
			if (running === undefined) throw new Error('the server has not been started');
			return running;
		},
		async enter(peerOptions) {
			const peer = await DataChannelPeer.open(peerOptions);
			peers.push(peer);
			return peer;
		},
		async join(peerOptions) {
			const peer = await stage.enter(peerOptions);
			await peer.connected();
			return peer;
		},
		play(peer, sourceOptions) {
			const source = new LiveSource(peer, sourceOptions).start();
			sources.push(source);
			return source;
		},
		async relay(relayOptions) {
			const relay = await UdpRelay.open(stage.server.mediaPort, relayOptions);
			relays.push(relay);
			return relay;
		},
	};
	return stage;
}
