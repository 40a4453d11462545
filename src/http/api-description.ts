import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** The kinds of body that every route with one reads. */
const CONSUMES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];

/** Makes the OpenAPI description from the schemas of the routes; to be called before the first route. */
export async function addApiDescription(app: FastifyInstance, version: string): Promise<void> {
	await app.register(swagger, {
		openapi: {
			openapi: '3.0.3',
			info: { title: 'Duress Server', version, description: 'One press of a button becomes live help.' },
			tags: [
				{ name: 'requests', description: 'Asking for help, and giving it' },
				{ name: 'signaling', description: 'Descriptions and candidates without a WebSocket' },
				{ name: 'whip and whep', description: 'Publishing and watching by one request' },
				{ name: 'rooms', description: 'Rooms and streams by their ids' },
				{ name: 'operation', description: 'Health and metrics' },
			],
		},
	});
	app.addHook('onRoute', (route) => {
		if (route.schema?.body !== undefined) route.schema.consumes ??= CONSUMES;
	});
}

/** Serves the description at `/docs` for people and `/docs/json`, `/docs/yaml` for programs; to be called after the last route. */
export async function addApiPages(app: FastifyInstance): Promise<void> {
	await app.register(swaggerUi, {
		routePrefix: '/docs',
		staticCSP: true,
		// Over plain HTTP the browser would ask for the page's own scripts by https.
		transformStaticCSP: (policy) => policy.replace(/upgrade-insecure-requests;?/, ''),
	});
}
