import { type Static, Type } from 'typebox';
import { answers, BODY_ERRORS, orNull, sendNull } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { sendError } from '../http-errors.ts';
import { TARGET_FIELDS, takeQuery, targetOf } from '../request-target.ts';

const Body = Type.Object(TARGET_FIELDS);

const Answer = orNull({ helper: Type.String(), status: Type.Literal('closed') }, 'Who helps, or null while nobody does');

const schema = {
	tags: ['requests'],
	summary: 'Poll for the helper of the newest request of a name',
	description: 'Fields may come in the query too; the body wins.',
	body: Body,
	response: answers({ 200: Answer }, ['missing-requester-name', 'invalid-request', ...BODY_ERRORS]),
};

export const listenForHelperRoute: Route = (app, { store }) => {
	app.post<{ Body: Static<typeof Body> }>(
		'/duress/listen_for_helper',
		{ schema, config: { invalid: 'missing-requester-name' }, preValidation: takeQuery },
		async (request, reply) => {
			const target = targetOf(request, request.body);
			if (target === undefined) return sendError(reply, 'missing-requester-name');
			const found = await store.find(target);
			if (found?.helper === undefined) return sendNull(reply);
			return reply.send({ helper: found.helper, status: 'closed' });
		},
	);
};
