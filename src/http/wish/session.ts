import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { negotiationErrors } from '../../negotiation/negotiation-errors.ts';
import { OfferedSession } from '../../room/offered-session.ts';
import { answers } from '../answer-schemas.ts';
import { sendError } from '../http-errors.ts';
import { readIfMatch } from './if-match.ts';
import { SDP_FRAGMENT, WISH_CORS, type WishProtocol, type WishRooms } from './wish-protocol.ts';

interface SessionTypes {
	Params: { readonly roomId: string; readonly sessionId: string };
}

interface PatchTypes extends SessionTypes {
	Body: string;
}

/** PATCH and DELETE of a session (RFC 9725 §4.2 and §4.3). Replaced, ended and timed-out sessions are 404. */
export function addSession(app: FastifyInstance, { path, role }: WishProtocol, { rooms }: { readonly rooms: WishRooms }): void {
	const url = `${path}/:roomId/:sessionId`;
	const tags = ['whip and whep'];
	const config = { cors: WISH_CORS };

	const find = (request: FastifyRequest<SessionTypes>, reply: FastifyReply): OfferedSession | undefined => {
		const room = rooms.get(request.params.roomId);
		if (room === undefined) {
			sendError(reply, 'room-not-found');
			return undefined;
		}
		request.roomTag = room.tag;
		const session = OfferedSession.find(room, role, request.params.sessionId);
		if (session === undefined) sendError(reply, 'session-not-found');
		return session;
	};

	const patchSchema = {
		tags,
		summary: 'Add candidates, or restart ICE',
		description:
			'If-Match names the ICE session (its ETag) for candidates, and is * for a restart. Candidates are taken and not needed: the server waits for checks from wherever they come.',
		consumes: [SDP_FRAGMENT],
		headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
		body: Type.String(),
		response: answers(
			{
				200: {
					description: 'ICE was restarted: the new credentials and candidates',
					content: { [SDP_FRAGMENT]: { schema: Type.String() } },
				},
				204: Type.Null({ description: 'Candidates were taken' }),
			},
			[
				'invalid-request',
				'room-not-found',
				'session-not-found',
				'ice-session-mismatch',
				'body-too-large',
				'unsupported-content-type',
				'if-match-required',
			],
		),
	};
	app.patch<PatchTypes>(url, { schema: patchSchema, config }, (request, reply) => {
		reply.header('accept-patch', SDP_FRAGMENT);
		const session = find(request, reply);
		if (session === undefined) return reply;
		const match = readIfMatch(request.headers['if-match'], session.iceTag);
		if (match === 'absent') return sendError(reply, 'if-match-required');
		if (match === 'other') return sendError(reply, 'ice-session-mismatch');
		const patched = session.patch(request.body, match === 'any');
		if (!patched.ok) return reply.code(400).send({ error: negotiationErrors[patched.error] });
		if (patched.value === undefined) return reply.code(204).send();
		return reply.code(200).header('etag', `"${session.iceTag}"`).type(SDP_FRAGMENT).send(patched.value);
	});

	const deleteSchema = {
		tags,
		summary: 'End the session',
		response: answers({ 200: Type.Null({ description: 'It is over' }) }, ['room-not-found', 'session-not-found']),
	};
	app.delete<SessionTypes>(url, { schema: deleteSchema, config }, (request, reply) => {
		const session = find(request, reply);
		if (session === undefined) return reply;
		session.end();
		return reply.code(200).send();
	});

	app.options(url, { schema: { hide: true }, config: { cors: { ...WISH_CORS, preflightContinue: true } } }, (_request, reply) =>
		reply.code(204).header('accept-patch', SDP_FRAGMENT).send(),
	);
}
