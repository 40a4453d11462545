import { type Static, Type } from 'typebox';
import { roomTag } from '../../room/room-names.ts';
import { answers } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';

const Answer = Type.Object({
	streamId: Type.String(),
	status: Type.Literal('active'),
	timestamp: Type.Integer({ description: 'Unix seconds' }),
	hostname: Type.String(),
	type: Type.Literal('stream'),
	streamWebSocket: Type.String(),
	viewerWebSocket: Type.String(),
});

const NotFound = Type.Object({ streamId: Type.String(), status: Type.Literal('not_found') });

const schema = { tags: ['rooms'], summary: 'What is known of a stream', response: answers({ 200: Answer, 404: NotFound }, []) };

export const streamRoute: Route = (app, { rooms, clock, urlsFor }) => {
	app.get<{ Params: { suuid: string } }>('/stream/:suuid', { schema }, (request, reply) => {
		const streamId = request.params.suuid.toLowerCase();
		const roomId = rooms.findByStreamId(streamId);
		if (roomId === undefined) return reply.code(404).send({ streamId: request.params.suuid, status: 'not_found' });
		request.roomTag = roomTag(roomId);
		const { host, wsOrigin } = urlsFor(request);
		const answer: Static<typeof Answer> = {
			streamId,
			status: 'active',
			timestamp: Math.floor(clock.wallMs() / 1000),
			hostname: host,
			type: 'stream',
			streamWebSocket: `${wsOrigin}/stream/${streamId}/websocket`,
			viewerWebSocket: `${wsOrigin}/stream/${streamId}/viewer/websocket`,
		};
		return reply.send(answer);
	});
};
