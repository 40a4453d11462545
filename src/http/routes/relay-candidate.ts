import { type Static, Type } from 'typebox';
import { roomTag } from '../../room/room-names.ts';
import { answers, BODY_ERRORS, Success } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { sendError } from '../http-errors.ts';
import { BODY_BYTES_MAX, ID_LENGTH_MAX } from '../http-limits.ts';
import { textOf } from '../request-target.ts';

const CandidateInit = Type.Object({ candidate: Type.String() }, { additionalProperties: true });

const Body = Type.Object({
	roomId: Type.String({ maxLength: ID_LENGTH_MAX }),
	candidate: Type.Union([Type.String({ maxLength: BODY_BYTES_MAX }), CandidateInit], {
		description: 'A candidate line, or an RTCIceCandidateInit as JSON text or as an object; handed on as text. Empty: end of candidates',
	}),
});

const ROUTES = ['/duress/broadcast/candidate', '/duress/viewer/candidate'];

export const relayCandidateRoutes: Route = (app, { rooms }) => {
	for (const url of ROUTES) {
		const schema = {
			tags: ['signaling'],
			summary: 'Hand an ICE candidate to the sockets of a room',
			body: Body,
			response: answers({ 200: Success }, ['invalid-candidate', 'room-not-found', ...BODY_ERRORS]),
		};
		app.post<{ Body: Static<typeof Body> }>(url, { schema, config: { invalid: 'invalid-candidate' } }, (request, reply) => {
			const roomId = textOf(request.body.roomId);
			if (roomId === '') return sendError(reply, 'invalid-candidate');
			const { candidate } = request.body;
			request.roomTag = roomTag(roomId);
			const text = typeof candidate === 'string' ? candidate : JSON.stringify(candidate);
			if (!rooms.relaySignal(roomId, 'candidate', text)) return sendError(reply, 'room-not-found');
			return reply.send({ status: 'success' });
		});
	}
};
