import { answerTo } from './answer.ts';
import type { SignalingServer } from './signaling-server.ts';
import type { SocketClient } from './socket-client.ts';

export const roomId = '5f0c1a52-7e4b-4c7e-9a51-0c9d3f6b2a11';

export interface Connected {
	readonly client: SocketClient;
	/** The peer's name in the engine. */
	readonly engineId: string;
}

/** A client that has answered its first offer and whose media is connected. */
export async function connectMedia(server: SignalingServer, path: string, ufrag = 'cliu'): Promise<Connected> {
	const client = await server.connect(path);
	const offer = await client.next('offer');
	const engineId = server.engine.last('open-peer').peerId;
	client.send('answer', answerTo(offer.data, { ufrag }));
	await client.settled();
	server.engine.onEvent({ type: 'ice-check', peerId: engineId, remoteUfrag: ufrag });
	server.engine.onEvent({ type: 'peer-connected', peerId: engineId });
	return { client, engineId };
}

/** The engine sees the first packets of a peer. */
export function goLive(
	server: Pick<SignalingServer, 'engine'>,
	engineId: string,
	publicationId = server.engine.last('open-publication').publication.publicationId,
	codec: 'VP8' | 'AV1' = 'VP8',
): void {
	server.engine.onEvent({ type: 'publication-live', publicationId, peerId: engineId, kind: 'video', codec });
	server.engine.onEvent({ type: 'publication-live', publicationId, peerId: engineId, kind: 'audio', codec: 'opus' });
}

/** Resolves once the server has seen the end of a socket: nothing of it is left to wait for on the wire. */
export async function until(condition: () => boolean): Promise<void> {
	for (let round = 0; round < 2000; round++) {
		if (condition()) return;
		await new Promise((resolve) => setImmediate(resolve));
	}
	throw new Error('what was waited for has not come');
}
