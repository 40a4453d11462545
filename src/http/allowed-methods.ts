import type { FastifyInstance } from 'fastify';

/** The methods that a path answers to, for 405 and its `Allow`. */
export type AllowedMethods = (path: string) => readonly string[];

/**
 * Watches the routes of the app, those of plugins registered later included. Call it before the first route. Matching is the
 * router's: any letter case, with or without a trailing slash.
 */
export function watchAllowedMethods(app: FastifyInstance): AllowedMethods {
	const routes: { readonly pattern: RegExp; readonly method: string }[] = [];
	app.addHook('onRoute', (route) => {
		// The catch-all of the CORS plugin answers OPTIONS on every path: it makes no path known.
		if (route.url === '*' || route.url === '/*') return;
		const pattern = patternOf(route.url);
		for (const method of [route.method].flat()) routes.push({ pattern, method });
	});
	return (path) => {
		const methods = new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
		return methods.size === 0 ? [] : [...methods.add('OPTIONS')].sort();
	};
}

function patternOf(url: string): RegExp {
	const segments = url.split('/').map((segment) => {
		if (segment.startsWith(':')) return '[^/]+';
		return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	});
	return new RegExp(`^${segments.join('/').replace(/\/$/, '')}/?$`, 'i');
}
