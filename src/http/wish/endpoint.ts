import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { problemOfOffer } from '../../negotiation/one-shot-offer.ts';
import { OfferedSession } from '../../room/offered-session.ts';
import { answers } from '../answer-schemas.ts';
import { sendError } from '../http-errors.ts';
import { type IceServer, iceServerLink } from './ice-server-link.ts';
import { SDP, SDP_FRAGMENT, WISH_CORS, type WishProtocol, type WishRooms } from './wish-protocol.ts';

interface EndpointTypes {
	Params: { readonly roomId: string };
	Body: string;
}

export interface EndpointContext {
	readonly rooms: WishRooms;
	readonly iceServers: readonly IceServer[];
}

const statusOfProblem = { malformed: 400, unacceptable: 406, unprocessable: 422 } as const;

/** Seconds. Somebody leaves, or publishes, sooner or later; a player that asks every 10 s costs little. */
const RETRY_AFTER_S = 10;

/** The text says what about the offer is refused. */
const refusal = (description: string) => Type.Object({ error: Type.String() }, { description });

/** POST of an offer to `/whip/<room>` or `/whep/<room>` (RFC 9725 §4.2). */
export function addEndpoint(app: FastifyInstance, { path, role, summary }: WishProtocol, { rooms, iceServers }: EndpointContext): void {
	const url = `${path}/:roomId`;
	const schema = {
		tags: ['whip and whep'],
		summary,
		description: 'Takes an SDP offer; the answer has all candidates. Location names the session, ETag its ICE session.',
		consumes: [SDP],
		body: Type.String(),
		response: answers(
			{
				201: { description: 'SDP answer', content: { [SDP]: { schema: Type.String() } } },
				406: refusal('The offer asks for what the server never does'),
				422: refusal('The offer would be served in part, or not at all'),
			},
			['invalid-request', 'room-not-found', 'nothing-to-watch', 'body-too-large', 'unsupported-content-type', 'room-full'],
		),
	};
	app.post<EndpointTypes>(url, { schema, config: { cors: WISH_CORS } }, (request, reply) => {
		reply.header('accept-post', SDP);
		const room = rooms.get(request.params.roomId);
		if (room === undefined) return sendError(reply, 'room-not-found');
		request.roomTag = room.tag;
		const problem = problemOfOffer(request.body, role === 'broadcaster' ? 'publish' : 'watch');
		if (problem !== undefined) return reply.code(statusOfProblem[problem.reason]).send({ error: problem.text });
		if (!room.hasPlaceFor(role)) return sendError(reply.header('retry-after', RETRY_AFTER_S), 'room-full');
		// The offer of a player that came too early could not be answered with tracks, and a later one is not to be had from it.
		if (role === 'viewer' && !room.hasPublications) return sendError(reply.header('retry-after', RETRY_AFTER_S), 'nothing-to-watch');
		const opened = OfferedSession.open(room, role, request.body);
		if (opened === undefined) return sendError(reply, 'internal');
		const { session, answer } = opened;
		if (iceServers.length > 0) reply.header('link', iceServers.map(iceServerLink));
		return reply
			.code(201)
			.headers({
				// A path: clients resolve it against the URL that reached the server, whatever stands between.
				location: `${path}/${encodeURIComponent(room.roomId)}/${session.id}`,
				etag: `"${session.iceTag}"`,
				'accept-patch': SDP_FRAGMENT,
			})
			.type(SDP)
			.send(answer);
	});
	app.options(url, { schema: { hide: true }, config: { cors: { ...WISH_CORS, preflightContinue: true } } }, (_request, reply) =>
		reply.code(204).header('accept-post', SDP).send(),
	);
}
