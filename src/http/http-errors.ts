import type { FastifyReply } from 'fastify';

/** Every error that HTTP answers with. */
export const HTTP_ERRORS = {
	'invalid-request': { status: 400, message: 'Invalid request' },
	'invalid-candidate': { status: 400, message: 'Invalid candidate' },
	'invalid-url': { status: 400, message: 'Invalid URL' },
	'missing-name': { status: 400, message: 'Missing name' },
	'missing-parameters': { status: 400, message: 'Missing parameters' },
	'missing-requester-name': { status: 400, message: 'Missing requester name' },
	'not-found': { status: 404, message: 'Not found' },
	'room-not-found': { status: 404, message: 'Room not found' },
	'session-not-found': { status: 404, message: 'Session not found' },
	'no-open-request': { status: 404, message: 'No open request' },
	'method-not-allowed': { status: 405, message: 'Method not allowed' },
	timeout: { status: 408, message: 'Request timed out' },
	'already-taken': { status: 409, message: 'Already taken' },
	'taken-by-another': { status: 409, message: 'Taken by another helper' },
	'nothing-to-watch': { status: 409, message: 'Nobody publishes here yet' },
	'ice-session-mismatch': { status: 412, message: 'Not the current ICE session' },
	'body-too-large': { status: 413, message: 'Request body too large' },
	'unsupported-content-type': { status: 415, message: 'Unsupported content type' },
	'if-match-required': { status: 428, message: 'Precondition required' },
	'headers-too-large': { status: 431, message: 'Request headers too large' },
	internal: { status: 500, message: 'Internal error' },
	'too-many-rooms': { status: 503, message: 'Too many rooms' },
	'room-full': { status: 503, message: 'Room is full' },
} as const;

export type HttpErrorName = keyof typeof HTTP_ERRORS;

/** Answers with an error of the table; `more` adds keys beside `error`. */
export function sendError(reply: FastifyReply, name: HttpErrorName, more?: Readonly<Record<string, string>>): FastifyReply {
	const { status, message } = HTTP_ERRORS[name];
	return reply.code(status).send({ error: message, ...more });
}
