// The OpenAPI fields of a route's schema.
import type {} from '@fastify/swagger';
import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RoomLog } from '../room/room-log.ts';
import { isLegacyRoomId } from '../room/room-names.ts';
import type { Rooms } from '../room/rooms.ts';
import type { Clock } from '../runtime/clock.ts';
import { Connection } from './connection.ts';
import { type ConnectionLimits, defaultConnectionLimits } from './connection-limits.ts';
import { CountSession } from './count-session.ts';
import { RoomSession } from './room-session.ts';
import { newSignalingCounts, type SignalingCounts } from './signaling-counts.ts';
import { type SocketRoute, socketRoutes } from './socket-routes.ts';
import { listen, wireOf } from './ws-wire.ts';

export interface SignalingOptions {
	readonly rooms: Rooms;
	readonly clock: Clock;
	readonly log: RoomLog;
	readonly counts?: SignalingCounts;
	readonly limits?: Partial<ConnectionLimits>;
	/** What the URLs told to a client begin with: see `sessionUrls`. */
	readonly urlsFor: (request: FastifyRequest) => { readonly wsOrigin: string };
}

interface Query {
	readonly v?: unknown;
	readonly resume?: unknown;
}

interface RouteTypes {
	Params: { readonly id: string };
	Querystring: Query;
}

type Request = FastifyRequest<RouteTypes>;

/** Why a request is refused before the upgrade. */
interface Refusal {
	readonly status: 404 | 503;
	readonly error: string;
}

const errorSchema = { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] };

/**
 * The six WebSocket routes, as a Fastify plugin. What is missing or full is refused before the upgrade, with a status and a JSON
 * error; a request without an upgrade to what is there gets 426 (RFC 9110 15.5.22).
 */
async function registerSignaling(app: FastifyInstance, options: SignalingOptions): Promise<void> {
	const { rooms, clock, log, urlsFor } = options;
	const counts = options.counts ?? newSignalingCounts();
	const limits = { ...defaultConnectionLimits, ...options.limits };

	await app.register(fastifyWebsocket, {
		options: { maxPayload: limits.maxFrameBytes },
		errorHandler: (error, socket) => {
			log.warn({ code: 'code' in error ? error.code : undefined }, 'websocket error');
			// ws itself closes a socket whose frames break the protocol, with the code that says why; one still open has met a fault of ours.
			if (socket.readyState === socket.OPEN) socket.terminate();
		},
		preClose(this: FastifyInstance, done) {
			const { clients } = this.websocketServer;
			for (const client of clients) client.close(1001, 'Server is stopping');
			clock.setTimer(() => {
				for (const client of clients) client.terminate();
			}, limits.shutdownMs);
			this.websocketServer.close();
			done();
		},
	});

	// Node hands the whole socket over with an upgrade request and keeps no watch on it. One that got a plain answer, from whatever
	// hook or route, would stay for ever: it ends with the answer, or, where the framework answers before any hook, a while later. ws
	// switches the timeout off when the socket becomes a WebSocket.
	app.server.on('upgrade', ({ socket }) => socket.setTimeout(limits.upgradeMs, () => socket.destroy()));
	app.addHook('onResponse', (request, _reply, done) => {
		if ('upgrade' in request.raw && request.raw.upgrade === true) request.raw.socket.destroy();
		done();
	});

	const connect = (route: SocketRoute, socket: fastifyWebsocket.WebSocket, request: Request): void => {
		const { id } = request.params;
		if (route.makes && !rooms.has(id)) rooms.open(id, 'legacy');
		const room = route.find(rooms, id);
		if (room === undefined) {
			// Completed while the upgrade was on its way.
			socket.close(1000, 'Session completed');
			return;
		}
		const connection = new Connection({ wire: wireOf(socket), clock, limits, counts });
		listen(socket, connection, (fault) => log.warn({ room: room.tag, stack: stackOf(fault) }, 'signaling fault'));
		if (route.role === 'counter') {
			new CountSession(room, connection, clock);
			return;
		}
		const { version, resumeToken } = addedEvents(request);
		const url = `${urlsFor(request).wsOrigin}${request.url.split('?', 1)[0]}`;
		new RoomSession({ room, role: route.role, version, url, resumeToken, connection, counts });
	};

	for (const route of socketRoutes) {
		app.route<RouteTypes>({
			method: 'GET',
			url: route.url,
			schema: { summary: route.summary, tags: ['signaling'], response: { '4xx': errorSchema, '5xx': errorSchema } },
			preHandler: async (request, reply) => {
				const refusal = refuse(route, rooms, request);
				if (refusal !== undefined) return reply.code(refusal.status).send({ error: refusal.error });
			},
			handler: (_request: Request, reply: FastifyReply) => {
				reply.code(426).headers({ upgrade: 'websocket', connection: 'upgrade' }).send({ error: 'Upgrade required' });
			},
			wsHandler: (socket: fastifyWebsocket.WebSocket, request: Request) => connect(route, socket, request),
		});
	}
}

function refuse(route: SocketRoute, rooms: Rooms, request: Request): Refusal | undefined {
	const { id } = request.params;
	if (route.makes && !isLegacyRoomId(id)) return { status: 404, error: route.notFound };
	const room = route.find(rooms, id);
	if (room === undefined) {
		// Only a socket makes a room; a plain request for one that is not there is told so.
		if (!route.makes || !request.ws) return { status: 404, error: route.notFound };
		return rooms.hasPlaceForLegacyRoom() ? undefined : { status: 503, error: 'Too many rooms' };
	}
	if (room.hasPlaceFor(route.role)) return undefined;
	const { resumeToken } = addedEvents(request);
	if (resumeToken !== undefined && route.role !== 'counter' && room.canResume(resumeToken, route.role)) return undefined;
	return { status: 503, error: 'Room is full' };
}

/** `?v=2` asks for the added events, `&resume=TOKEN` for an earlier peer. */
function addedEvents({ query }: Request): { readonly version: 1 | 2; readonly resumeToken: string | undefined } {
	if (query.v !== '2') return { version: 1, resumeToken: undefined };
	return { version: 2, resumeToken: typeof query.resume === 'string' ? query.resume : undefined };
}

/** Where a fault of ours happened; its message may quote what a client sent. */
function stackOf(fault: unknown): string | undefined {
	return fault instanceof Error ? fault.stack?.slice(fault.stack.indexOf('\n    at ') + 1) : undefined;
}

/**
 * The plugin is not encapsulated (Fastify's `skip-override`): an upgrade request to any other route of the application must be
 * seen by the WebSocket plugin too, which closes its socket after the plain answer.
 */
export const signalingRoutes = Object.assign(registerSignaling, { [Symbol.for('skip-override')]: true });
