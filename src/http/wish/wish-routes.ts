import type { FastifyInstance } from 'fastify';
import { BodyError } from '../body-parsers.ts';
import { addEndpoint } from './endpoint.ts';
import type { IceServer } from './ice-server-link.ts';
import { addSession } from './session.ts';
import { SDP, SDP_FRAGMENT, type WishProtocol, type WishRooms } from './wish-protocol.ts';

export interface WishOptions {
	readonly rooms: WishRooms;
	/** STUN and TURN servers that clients are told of; default: none, as the server is reached directly. */
	readonly iceServers?: readonly IceServer[];
}

const protocols: readonly WishProtocol[] = [
	{ path: '/whip', role: 'broadcaster', summary: 'Publish to a room' },
	{ path: '/whep', role: 'viewer', summary: 'Watch a room' },
];

/**
 * WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep), as a Fastify plugin: publishing to a room and watching it by one HTTP request, for
 * OBS, GStreamer, ffmpeg and players, which know nothing of this server's signaling.
 */
export async function wishRoutes(app: FastifyInstance, { rooms, iceServers = [] }: WishOptions): Promise<void> {
	await app.register(async (endpoints) => {
		readOnly(endpoints, SDP);
		for (const protocol of protocols) addEndpoint(endpoints, protocol, { rooms, iceServers });
	});
	await app.register(async (sessions) => {
		readOnly(sessions, SDP_FRAGMENT);
		for (const protocol of protocols) addSession(sessions, protocol, { rooms });
	});
}

/** Bodies of this type are read as text, all others are 415. */
function readOnly(app: FastifyInstance, mediaType: string): void {
	app.removeAllContentTypeParsers();
	app.addContentTypeParser<string>(mediaType, { parseAs: 'string' }, (_request, body, done) => done(null, body));
	app.addContentTypeParser<string>('*', { parseAs: 'string' }, (_request, _body, done) => done(new BodyError('unsupported')));
}
