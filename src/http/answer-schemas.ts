import type { FastifyReply } from 'fastify';
import { type TProperties, type TSchema, Type } from 'typebox';
import { HTTP_ERRORS, type HttpErrorName } from './http-errors.ts';

const ErrorAnswer = Type.Object({ error: Type.String() });

/** `{"status":"success"}` */
export const Success = Type.Object({ status: Type.Literal('success') });

/** The `response` part of a route's schema: what it answers by status, and the errors of the table that it may answer with. */
export function answers(byStatus: Readonly<Record<number, TSchema>>, errors: readonly HttpErrorName[]): Record<number, TSchema> {
	const messages = new Map<number, string[]>();
	for (const name of errors) {
		const { status, message } = HTTP_ERRORS[name];
		messages.set(status, [...(messages.get(status) ?? []), message]);
	}
	const described = [...messages].map(([status, texts]) => [
		status,
		Type.Object(ErrorAnswer.properties, { description: texts.join('; '), additionalProperties: { type: 'string' } }),
	]);
	return { ...byStatus, ...Object.fromEntries(described) };
}

/** An object or the literal `null` (see `sendNull`). Written with `nullable`: a union would try each branch at every answer. */
export function orNull<T extends TProperties>(properties: T, description: string) {
	return Type.Object(properties, { nullable: true, description });
}

/** Answers with the literal `null`; the framework would send an empty body for the value. */
export function sendNull(reply: FastifyReply): FastifyReply {
	return reply.type('application/json; charset=utf-8').send('null');
}

/** Text of a form or JSON field; JSON may say `null` for "not given". */
export function field(maxLength: number, description: string) {
	return Type.Optional(Type.Union([Type.String({ maxLength }), Type.Null()], { description }));
}

/** The errors that any route with a body may answer with. */
export const BODY_ERRORS = ['body-too-large', 'unsupported-content-type'] as const satisfies readonly HttpErrorName[];
