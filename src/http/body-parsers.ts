import type { FastifyInstance } from 'fastify';
import { parseUrlencoded } from './form-fields.ts';
import { parseMultipart } from './multipart-form.ts';

/** A body that cannot be read, or is of no kind that the server reads. */
export class BodyError extends Error {
	override readonly name = 'BodyError';
	readonly problem: 'unparseable' | 'unsupported';

	constructor(problem: BodyError['problem']) {
		super(problem);
		this.problem = problem;
	}
}

/**
 * All routes read JSON, URL-encoded and multipart bodies up to the body limit of the app. A body without a content type is read
 * as JSON. An empty body is none, whatever its type.
 */
export function addBodyParsers(app: FastifyInstance): void {
	app.removeAllContentTypeParsers();
	app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (_request, body, done) => readJson(body, done));
	app.addContentTypeParser<string>('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
		done(null, body === '' ? undefined : parseUrlencoded(body));
	});
	app.addContentTypeParser<Buffer>('multipart/form-data', { parseAs: 'buffer' }, (request, body, done) => {
		if (body.length === 0) return done(null);
		const fields = parseMultipart(request.headers['content-type'] ?? '', body);
		return fields === undefined ? done(new BodyError('unparseable')) : done(null, fields);
	});
	app.addContentTypeParser<string>('*', { parseAs: 'string' }, (request, body, done) => {
		if (body === '') return done(null);
		return request.headers['content-type'] === undefined ? readJson(body, done) : done(new BodyError('unsupported'));
	});
}

/**
 * Plain `JSON.parse`: it makes `__proto__` an own property like any other, and no route copies properties it does not name onto
 * an object.
 */
function readJson(text: string, done: (error: Error | null, body?: unknown) => void): void {
	const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
	let body: unknown;
	try {
		body = json === '' ? undefined : JSON.parse(json);
	} catch {
		done(new BodyError('unparseable'));
		return;
	}
	done(null, body);
}
