import type { Route } from '../http-context.ts';

const schema = {
	tags: ['operation'],
	summary: 'Prometheus metrics',
	response: { 200: { description: 'Prometheus text', content: { 'text/plain': { schema: { type: 'string' } } } } },
};

export const metricsRoute: Route = (app, { metrics }) => {
	app.get('/metrics', { schema }, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render()));
};
