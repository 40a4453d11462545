import type { FastifyRequest } from 'fastify';
import type { Target } from '../registry/help-request.ts';
import { roomTag } from '../room/room-names.ts';
import { field } from './answer-schemas.ts';
import { withQuery } from './form-fields.ts';
import { ID_LENGTH_MAX, NAME_LENGTH_MAX } from './http-limits.ts';

/** The fields by which a call means a request. */
export const TARGET_FIELDS = {
	name: field(NAME_LENGTH_MAX, 'Name of the victim'),
	roomId: field(ID_LENGTH_MAX, 'Room of the request; overrides the name'),
};

/** A field's text without the blanks around it, '' when it is not given. Phones add a blank after a completed word. */
export function textOf(value: string | null | undefined): string {
	return value?.trim() ?? '';
}

/** Which request the body means; undefined when it names none. Names the room in the log line of the request. */
export function targetOf(
	request: FastifyRequest,
	fields: { readonly name?: string | null; readonly roomId?: string | null },
): Target | undefined {
	const roomId = textOf(fields.roomId);
	if (roomId !== '') {
		request.roomTag = roomTag(roomId);
		return { roomId };
	}
	const name = textOf(fields.name);
	return name === '' ? undefined : { name };
}

/** For routes that take their fields from the query too. */
export async function takeQuery(request: FastifyRequest): Promise<void> {
	request.body = withQuery(request.body, request.query) ?? {};
}
