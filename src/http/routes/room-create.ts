import { Type } from 'typebox';
import { roomTag } from '../../room/room-names.ts';
import { answers } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { sendError } from '../http-errors.ts';

const schema = {
	tags: ['rooms'],
	summary: 'Make a room and go there',
	response: answers({ 302: Type.Null({ description: 'Redirects to the new room; it goes after 5 minutes without anybody in it' }) }, [
		'too-many-rooms',
	]),
};

export const roomCreateRoute: Route = (app, { rooms, randomUuid }) => {
	app.get('/room/create', { schema, exposeHeadRoute: false }, (request, reply) => {
		const roomId = randomUuid();
		rooms.open(roomId, 'legacy');
		if (!rooms.has(roomId)) return sendError(reply, 'too-many-rooms');
		request.roomTag = roomTag(roomId);
		return reply.redirect(`/room/${roomId}`, 302);
	});
	// A HEAD must be safe to send (RFC 9110, 9.2.1): it makes no room, so it has no place to name.
	app.head('/room/create', { schema: { hide: true } }, (_request, reply) => reply.code(302).send());
};
