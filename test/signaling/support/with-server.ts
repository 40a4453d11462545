import { afterEach, beforeEach } from 'vitest';
import { type ServerOptions, SignalingServer } from './signaling-server.ts';

/** Gives each test of a file a server of its own. */
export function withServer(options: ServerOptions = {}): () => SignalingServer {
	let server: SignalingServer | undefined;
	beforeEach(async () => {
		server = await SignalingServer.start(options);
	});
	afterEach(async () => {
		await server?.stop();
		server = undefined;
	});
	return () => {
		if (server === undefined) throw new Error('there is no server outside of a test');
		return server;
	};
}
