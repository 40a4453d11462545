import { type Static, Type } from 'typebox';
import { roomTag } from '../../room/room-names.ts';
import { answers } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { sendError } from '../http-errors.ts';
import { TARGET_FIELDS, targetOf } from '../request-target.ts';
import { broadcasterUrl, viewerUrl } from '../session-urls.ts';
import { SignalAnswer, signalAnswer } from '../signal-answer.ts';

const Query = Type.Object(TARGET_FIELDS);

const Answer = Type.Object({
	roomId: Type.String(),
	viewerWebsocketUrl: Type.String(),
	broadcasterWs: Type.String(),
	signal: SignalAnswer,
});

const schema = {
	tags: ['requests'],
	summary: 'The session of the newest request of a name that is not over',
	querystring: Query,
	response: answers({ 200: Answer }, ['missing-name', 'invalid-request', 'not-found']),
};

export const sessionInfoRoute: Route = (app, { store, urlsFor }) => {
	app.get<{ Querystring: Static<typeof Query> }>('/duress/session_info', { schema }, async (request, reply) => {
		const target = targetOf(request, request.query);
		if (target === undefined) return sendError(reply, 'missing-name');
		const found = await store.find(target);
		if (found === undefined) return sendError(reply, 'not-found');
		request.roomTag = roomTag(found.roomId);
		const urls = urlsFor(request);
		const answer: Static<typeof Answer> = {
			roomId: found.roomId,
			viewerWebsocketUrl: viewerUrl(urls, found.roomId),
			broadcasterWs: broadcasterUrl(urls, found.roomId),
			signal: signalAnswer(found.signal),
		};
		return reply.send(answer);
	});
};
