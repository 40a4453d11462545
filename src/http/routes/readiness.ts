import { type Static, Type } from 'typebox';
import type { Route } from '../http-context.ts';

const Answer = Type.Object({
	status: Type.Enum(['ready', 'not ready']),
	checks: Type.Record(Type.String(), Type.Boolean(), { description: 'Each part of the server' }),
	warnings: Type.Array(Type.String(), { description: 'What works, but not as it should in production' }),
});

const schema = { tags: ['operation'], summary: 'Whether the server can do its work', response: { 200: Answer, 503: Answer } };

export const readinessRoute: Route = (app, { readiness, store }) => {
	app.get('/readyz', { schema }, (_request, reply) => {
		const { checks, warnings } = readiness();
		const all = { store: store.ready(), ...checks };
		const ready = Object.values(all).every((ok) => ok);
		const answer: Static<typeof Answer> = { status: ready ? 'ready' : 'not ready', checks: all, warnings: [...warnings] };
		return reply.code(ready ? 200 : 503).send(answer);
	});
};
