import { type Static, Type } from 'typebox';
import { roomTag, streamIdOf } from '../../room/room-names.ts';
import { addressKey } from '../address-key.ts';
import { answers, BODY_ERRORS, field } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { sendError } from '../http-errors.ts';
import { MOBILE_LENGTH_MAX, NAME_LENGTH_MAX, ZONE_LENGTH_MAX } from '../http-limits.ts';
import { textOf } from '../request-target.ts';
import { broadcasterUrl, viewerUrl } from '../session-urls.ts';

const Body = Type.Object({
	name: field(NAME_LENGTH_MAX, 'Who asks for help; every later call is keyed by it'),
	zone: field(ZONE_LENGTH_MAX, 'Where'),
	mobile: field(MOBILE_LENGTH_MAX, 'Telephone number'),
});

const Answer = Type.Object({
	status: Type.Literal('success'),
	roomId: Type.String(),
	streamId: Type.String(),
	timestamp: Type.Integer({ description: 'Unix seconds' }),
	user: Type.Object({ name: Type.String(), zone: Type.String(), mobile: Type.String() }),
	broadcasterWs: Type.String(),
	viewerWebsocketUrl: Type.String(),
	suspect: Type.Optional(Type.Boolean({ description: 'Beyond the rate of its address: accepted, listed last' })),
});

const schema = {
	tags: ['requests'],
	summary: 'Press the button: opens a request and a room',
	body: Body,
	response: answers({ 200: Answer }, ['invalid-request', 'missing-name', ...BODY_ERRORS]),
};

/** Never refused for load: beyond the rate of its address a request is only marked. */
export const helpRoute: Route = (app, { store, rooms, clock, randomUuid, helpRate, urlsFor }) => {
	app.post<{ Body: Static<typeof Body> }>('/duress/help', { schema }, async (request, reply) => {
		const user = { name: textOf(request.body.name), zone: textOf(request.body.zone), mobile: textOf(request.body.mobile) };
		if (user.name === '') return sendError(reply, 'missing-name');
		const roomId = randomUuid();
		const streamId = streamIdOf(roomId);
		const suspect = !helpRate.admit(addressKey(request.ip), clock.nowMs());
		const { request: opened, dropped } = await store.help({ roomId, streamId, ...user, suspect }, clock.wallMs());
		if (dropped !== undefined) rooms.complete(dropped.roomId);
		rooms.open(roomId, 'duress');
		request.roomTag = roomTag(roomId);
		const urls = urlsFor(request);
		const answer: Static<typeof Answer> = {
			status: 'success',
			roomId,
			streamId,
			timestamp: Math.floor(opened.createdAtMs / 1000),
			user,
			broadcasterWs: broadcasterUrl(urls, roomId),
			viewerWebsocketUrl: viewerUrl(urls, roomId),
			...(suspect ? { suspect } : {}),
		};
		return reply.send(answer);
	});
};
