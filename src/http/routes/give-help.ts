import { type Static, Type } from 'typebox';
import { answers, BODY_ERRORS, field, Success } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { sendError } from '../http-errors.ts';
import { NAME_LENGTH_MAX } from '../http-limits.ts';
import { TARGET_FIELDS, takeQuery, targetOf, textOf } from '../request-target.ts';

const Body = Type.Object({ ...TARGET_FIELDS, helper: field(NAME_LENGTH_MAX, 'Name of the helper') });

const schema = {
	tags: ['requests'],
	summary: 'Take a request',
	description: 'Takes the newest open request of the name, or that of the room. Fields may come in the query too; the body wins.',
	body: Body,
	response: answers({ 200: Success }, ['missing-parameters', 'invalid-request', 'no-open-request', 'already-taken', ...BODY_ERRORS]),
};

export const giveHelpRoute: Route = (app, { store, rooms, clock }) => {
	app.post<{ Body: Static<typeof Body> }>(
		'/duress/give_help',
		{ schema, config: { invalid: 'missing-parameters' }, preValidation: takeQuery },
		async (request, reply) => {
			const target = targetOf(request, request.body);
			const helper = textOf(request.body.helper);
			if (target === undefined || helper === '') return sendError(reply, 'missing-parameters');
			const given = await store.giveHelp(target, helper, clock.wallMs());
			if (given.outcome === 'none-open') return sendError(reply, 'no-open-request');
			if (given.outcome === 'taken-by-other') return sendError(reply, 'already-taken', { helper: given.helper });
			if (!given.repeated) rooms.setHelper(given.request.roomId, helper);
			return reply.send({ status: 'success' });
		},
	);
};
