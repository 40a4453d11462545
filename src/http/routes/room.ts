import { type Static, Type } from 'typebox';
import { roomTag, streamIdOf } from '../../room/room-names.ts';
import { answers } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';

const Answer = Type.Object({
	roomId: Type.String(),
	streamId: Type.String(),
	status: Type.Literal('active'),
	timestamp: Type.Integer({ description: 'Unix seconds' }),
	hostname: Type.String(),
	type: Type.Literal('room'),
	roomWebSocket: Type.String(),
	viewerWebSocket: Type.String(),
});

const NotFound = Type.Object({ roomId: Type.String(), status: Type.Literal('not_found') });

const schema = { tags: ['rooms'], summary: 'What is known of a room', response: answers({ 200: Answer, 404: NotFound }, []) };

export const roomRoute: Route = (app, { rooms, clock, urlsFor }) => {
	app.get<{ Params: { uuid: string } }>('/room/:uuid', { schema }, (request, reply) => {
		const roomId = request.params.uuid;
		if (!rooms.has(roomId)) return reply.code(404).send({ roomId, status: 'not_found' });
		request.roomTag = roomTag(roomId);
		const { host, wsOrigin } = urlsFor(request);
		const answer: Static<typeof Answer> = {
			roomId,
			streamId: streamIdOf(roomId),
			status: 'active',
			timestamp: Math.floor(clock.wallMs() / 1000),
			hostname: host,
			type: 'room',
			roomWebSocket: `${wsOrigin}/room/${roomId}/websocket`,
			viewerWebSocket: `${wsOrigin}/room/${roomId}/viewer/websocket`,
		};
		return reply.send(answer);
	});
};
