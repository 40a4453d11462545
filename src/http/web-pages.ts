/** The pages: a folder of small files, read once and served from memory, TypeScript as JavaScript. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendError } from './http-errors.ts';
import { stripTypes } from './strip-types.ts';

const CONTENT_TYPES = new Map([
	['.css', 'text/css; charset=utf-8'],
	['.ico', 'image/x-icon'],
	['.png', 'image/png'],
	['.svg', 'image/svg+xml'],
	['.ts', 'text/javascript; charset=utf-8'],
	['.webmanifest', 'application/manifest+json'],
	['.woff2', 'font/woff2'],
]);

/** Pages by their path. */
const PAGES = new Map([
	['/', 'victim.html'],
	['/helper', 'helper.html'],
]);

/** Nothing but this server's own files; media from the camera; sockets to wherever the answers' URLs point. */
const CONTENT_SECURITY_POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"font-src 'self'",
	"img-src 'self' data: blob:",
	"media-src 'self' blob:",
	"connect-src 'self' ws: wss:",
	"manifest-src 'self'",
	"worker-src 'self'",
	"form-action 'self'",
	"base-uri 'none'",
	"frame-ancestors 'none'",
].join('; ');

const FILE_HEADERS = { 'cache-control': 'no-cache', 'cross-origin-resource-policy': 'same-origin' };
const PAGE_HEADERS = { ...FILE_HEADERS, 'content-security-policy': CONTENT_SECURITY_POLICY, 'referrer-policy': 'no-referrer' };

interface WebFile {
	readonly body: Buffer;
	readonly type: string;
	readonly etag: string;
}

/**
 * Serves `victim.html` at `/`, `helper.html` at `/helper`, everything else of the folder at `/assets/NAME`. A `NAME.ts` is served
 * as JavaScript, also as `NAME.js`; tests and settings of the folder are not served.
 */
export async function addWebPages(app: FastifyInstance, folder: string): Promise<void> {
	const files = await readWebFiles(folder);
	for (const [path, name] of PAGES) {
		const page = files.get(name);
		if (page === undefined) continue;
		app.get(path, { schema: { hide: true } }, (request, reply) => sendFile(request, reply.headers(PAGE_HEADERS), page));
	}
	app.get<{ Params: { name: string } }>('/assets/:name', { schema: { hide: true } }, (request, reply) => {
		const { name } = request.params;
		const file = files.get(name) ?? files.get(name.replace(/\.js$/, '.ts'));
		if (file === undefined || extname(name) === '.html') return sendError(reply, 'not-found');
		return sendFile(request, reply.headers(FILE_HEADERS), file);
	});
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: WebFile): FastifyReply {
	reply.header('etag', file.etag);
	if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
	return reply.type(file.type).send(file.body);
}

async function readWebFiles(folder: string): Promise<ReadonlyMap<string, WebFile>> {
	const sources = new Map<string, Buffer>();
	for (const name of readdirSync(folder)) {
		if (typeOf(name) !== undefined && !/\.(?:test|d)\.ts$/.test(name)) sources.set(name, readFileSync(join(folder, name)));
	}
	const typed = [...sources].filter(([name]) => extname(name) === '.ts');
	const scripts = await stripTypes(new Map(typed.map(([name, source]) => [name, source.toString('utf8')])));
	return new Map(
		[...sources].map(([name, source]) => {
			const script = scripts.get(name);
			const body = script === undefined ? source : Buffer.from(script);
			const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
			return [name, { body, type: typeOf(name) ?? '', etag }];
		}),
	);
}

function typeOf(name: string): string | undefined {
	return name.endsWith('.html') ? 'text/html; charset=utf-8' : CONTENT_TYPES.get(extname(name));
}
