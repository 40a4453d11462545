import { Type } from 'typebox';
import { answers } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';

const Answer = Type.Object({ status: Type.Literal('ok') });

const schema = { tags: ['operation'], summary: 'Whether the process lives', response: answers({ 200: Answer }, []) };

export const healthRoute: Route = (app) => {
	app.get('/healthz', { schema }, (_request, reply) => reply.send({ status: 'ok' }));
};
