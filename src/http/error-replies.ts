/** Everything that goes wrong outside the routes, as JSON of the error table with the CORS header. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { safeError } from '../log/safe-error.ts';
import type { AllowedMethods } from './allowed-methods.ts';
import { BodyError } from './body-parsers.ts';
import { COMMON_HEADERS } from './common-headers.ts';
import { HTTP_ERRORS, type HttpErrorName, sendError } from './http-errors.ts';

/** Where errors that are the server's own are written. */
export interface ErrorLog {
	error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** The error handler of the app: no message of an exception ever reaches a client. */
export function addErrorHandler(app: FastifyInstance, log: ErrorLog): void {
	app.setErrorHandler((error, request, reply) => {
		const name = nameOf(error, request);
		if (HTTP_ERRORS[name].status >= 500)
			log.error({ err: safeError(error), route: request.routeOptions.url ?? 'unknown' }, 'request failed');
		return sendError(reply, name);
	});
}

function nameOf(error: unknown, request: FastifyRequest): HttpErrorName {
	const invalid = request.routeOptions.config.invalid ?? 'invalid-request';
	if (error instanceof BodyError) return error.problem === 'unsupported' ? 'unsupported-content-type' : invalid;
	if (!(error instanceof Error)) return 'internal';
	if ('validation' in error && Array.isArray(error.validation)) {
		const tooLong = error.validation.some((problem: { keyword?: string }) => problem.keyword === 'maxLength');
		return tooLong ? 'invalid-request' : invalid;
	}
	switch ('code' in error ? error.code : undefined) {
		case 'FST_ERR_CTP_BODY_TOO_LARGE':
			return 'body-too-large';
		case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
			return 'unsupported-content-type';
		case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
			return invalid;
		default:
			// What Fastify and Node refuse for the client's sake (an aborted body) carries a 4xx status.
			return 'statusCode' in error && Number(error.statusCode) < 500 ? 'invalid-request' : 'internal';
	}
}

/**
 * Answers a path that no route takes, before its body is read: 405 where the path answers to other methods, else 404. Returns
 * whether it did.
 */
export function answerUnrouted(request: FastifyRequest, reply: FastifyReply, allowedMethods: AllowedMethods): boolean {
	if (!request.is404) return false;
	const allowed = allowedMethods(request.url.split('?', 1)[0] ?? '/');
	if (allowed.length === 0) sendError(reply, 'not-found');
	else sendError(reply.header('allow', allowed.join(', ')), 'method-not-allowed');
	return true;
}

/** A path that cannot be decoded or has an overlong part: the router refuses it before any hook runs. */
export function answerBadPath(error: Error, reply: FastifyReply): void {
	reply.headers(COMMON_HEADERS);
	sendError(reply, 'code' in error && error.code === 'FST_ERR_MAX_PARAM_LENGTH' ? 'not-found' : 'invalid-url');
}

/** Bytes that are no HTTP, too much of it, or too slow: the parser gives the bare socket. */
export function answerBrokenHttp(error: Error & { readonly code?: string }, socket: Socket): void {
	if (error.code === 'ECONNRESET' || !socket.writable) {
		socket.destroy();
		return;
	}
	const { status, message } = HTTP_ERRORS[BROKEN_HTTP.get(error.code ?? '') ?? 'invalid-request'];
	const body = JSON.stringify({ error: message });
	const headers = {
		...COMMON_HEADERS,
		'content-type': 'application/json; charset=utf-8',
		'content-length': body.length,
		connection: 'close',
	};
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

const BROKEN_HTTP = new Map<string, HttpErrorName>([
	['HPE_HEADER_OVERFLOW', 'headers-too-large'],
	['ERR_HTTP_REQUEST_TIMEOUT', 'timeout'],
]);
