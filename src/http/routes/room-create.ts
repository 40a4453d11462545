import { Type } from 'typebox';
import { roomTag } from '../../room/room-names.ts';
import type { Route } from '../http-context.ts';

const schema = {
	tags: ['rooms'],
	summary: 'Make a room and go there',
	response: { 302: Type.Null({ description: 'Redirects to the new room; goes after 5 minutes without anybody in it' }) },
};

export const roomCreateRoute: Route = (app, { rooms, randomUuid }) => {
	app.get('/room/create', { schema, exposeHeadRoute: false }, (request, reply) => {
		const roomId = randomUuid();
		rooms.open(roomId, 'legacy');
		request.roomTag = roomTag(roomId);
		return reply.redirect(`/room/${roomId}`, 302);
	});
	// A HEAD must be safe to send (RFC 9110, 9.2.1): it makes no room, so it has no place to name.
	app.head('/room/create', { schema: { hide: true } }, (_request, reply) => reply.code(302).send());
};
