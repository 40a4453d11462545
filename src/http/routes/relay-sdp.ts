import { type Static, Type } from 'typebox';
import { roomTag } from '../../room/room-names.ts';
import { answers, BODY_ERRORS, Success } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { sendError } from '../http-errors.ts';
import { BODY_BYTES_MAX, ID_LENGTH_MAX } from '../http-limits.ts';
import { textOf } from '../request-target.ts';

const Description = Type.Object({ type: Type.String(), sdp: Type.String() }, { additionalProperties: true });

const Body = Type.Object({
	roomId: Type.String({ maxLength: ID_LENGTH_MAX }),
	sdp: Type.Union([Type.String({ maxLength: BODY_BYTES_MAX }), Description], {
		description: 'SDP, or a session description as JSON text or as an object; handed on as text',
	}),
});

const ROUTES = [
	{ url: '/duress/broadcast/sdp', event: 'offer', summary: 'Hand an offer to the sockets of a room' },
	{ url: '/duress/viewer/sdp', event: 'answer', summary: 'Hand an answer to the sockets of a room' },
] as const;

export const relaySdpRoutes: Route = (app, { rooms }) => {
	for (const { url, event, summary } of ROUTES) {
		const schema = {
			tags: ['signaling'],
			summary,
			body: Body,
			response: answers({ 200: Success }, ['invalid-request', 'room-not-found', ...BODY_ERRORS]),
		};
		app.post<{ Body: Static<typeof Body> }>(url, { schema }, (request, reply) => {
			const roomId = textOf(request.body.roomId);
			const { sdp } = request.body;
			const text = typeof sdp === 'string' ? sdp : JSON.stringify(sdp);
			if (roomId === '' || text.trim() === '') return sendError(reply, 'invalid-request');
			request.roomTag = roomTag(roomId);
			if (!rooms.relaySignal(roomId, event, text)) return sendError(reply, 'room-not-found');
			return reply.send({ status: 'success' });
		});
	}
};
