import { type Static, Type } from 'typebox';
import { answers, BODY_ERRORS, field, Success } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { sendError } from '../http-errors.ts';
import { REASON_LENGTH_MAX } from '../http-limits.ts';
import { TARGET_FIELDS, targetOf, textOf } from '../request-target.ts';

const Body = Type.Object({ ...TARGET_FIELDS, reason: field(REASON_LENGTH_MAX, 'Why, if the victim says') });

const schema = {
	tags: ['requests'],
	summary: 'The victim is safe: end the request',
	description: 'Ends the newest request of the name, or that of the room, whoever took it; success too when there is none.',
	body: Body,
	response: answers({ 200: Success }, ['missing-parameters', 'invalid-request', ...BODY_ERRORS]),
};

export const cancelRoute: Route = (app, { store, rooms, clock }) => {
	app.post<{ Body: Static<typeof Body> }>(
		'/duress/cancel',
		{ schema, config: { invalid: 'missing-parameters' } },
		async (request, reply) => {
			const target = targetOf(request, request.body);
			if (target === undefined) return sendError(reply, 'missing-parameters');
			const reason = textOf(request.body.reason);
			const ended = await store.cancel(target, reason === '' ? undefined : reason, clock.wallMs());
			if (ended.outcome === 'cancelled') rooms.complete(ended.request.roomId);
			return reply.send({ status: 'success' });
		},
	);
};
