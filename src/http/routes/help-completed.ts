import { type Static, Type } from 'typebox';
import { answers, BODY_ERRORS, field, Success } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { sendError } from '../http-errors.ts';
import { NAME_LENGTH_MAX } from '../http-limits.ts';
import { TARGET_FIELDS, takeQuery, targetOf, textOf } from '../request-target.ts';

const Body = Type.Object({ ...TARGET_FIELDS, helper: field(NAME_LENGTH_MAX, 'Name of the helper') });

const schema = {
	tags: ['requests'],
	summary: 'End a session: the help is done',
	description:
		'Ends the newest request that this helper took, else the newest still open; success too when there is none. Fields may come in the query too; the body wins.',
	body: Body,
	response: answers({ 200: Success }, ['missing-parameters', 'invalid-request', 'taken-by-another', ...BODY_ERRORS]),
};

export const helpCompletedRoute: Route = (app, { store, rooms, clock }) => {
	app.post<{ Body: Static<typeof Body> }>(
		'/duress/help_completed',
		{ schema, config: { invalid: 'missing-parameters' }, preValidation: takeQuery },
		async (request, reply) => {
			const target = targetOf(request, request.body);
			const helper = textOf(request.body.helper);
			if (target === undefined || helper === '') return sendError(reply, 'missing-parameters');
			const ended = await store.complete(target, helper, clock.wallMs());
			if (ended.outcome === 'taken-by-other') return sendError(reply, 'taken-by-another');
			if (ended.outcome === 'completed') rooms.complete(ended.request.roomId);
			return reply.send({ status: 'success' });
		},
	);
};
