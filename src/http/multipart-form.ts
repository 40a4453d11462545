/**
 * Reads a whole `multipart/form-data` body (RFC 7578, RFC 2046 section 5.1) from memory. Bodies are at most 64 KiB, so nothing is
 * gained by streaming, and the limit on the body is the limit on everything in it.
 */
import { formFields } from './form-fields.ts';

/** A boundary has at most 70 characters (RFC 2046, 5.1.1). */
const BOUNDARY = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i;

const NAME = /;\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i;
const FILENAME = /;\s*filename\*?=/i;

/**
 * The text fields of a form; parts with a file name are passed over. Undefined when the body does not hold together: no boundary,
 * no end, or a part that is none.
 */
export function parseMultipart(contentType: string, body: Uint8Array): Record<string, string> | undefined {
	const match = BOUNDARY.exec(contentType);
	const boundary = match?.[1] ?? match?.[2];
	if (boundary === undefined) return undefined;
	// One character per byte keeps offsets true; values are decoded as UTF-8 at the end (RFC 7578, 5.1.2).
	const text = `\r\n${Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')}`;
	const [, ...sections] = text.split(`\r\n--${Buffer.from(boundary).toString('latin1')}`);
	const end = sections.findIndex((section) => section.startsWith('--'));
	if (end === -1) return undefined;
	const fields: [string, string][] = [];
	for (const section of sections.slice(0, end)) {
		const part = parsePart(section);
		if (part === undefined) return undefined;
		if (part !== 'file') fields.push(part);
	}
	return formFields(fields);
}

/** What follows a boundary: padding, header lines, an empty line, the value. */
function parsePart(section: string): [string, string] | 'file' | undefined {
	const start = /^[ \t]*\r\n/.exec(section)?.[0].length;
	if (start === undefined) return undefined;
	const headersEnd = section.indexOf('\r\n\r\n', start - 2);
	if (headersEnd === -1) return undefined;
	const disposition = section
		.slice(start, headersEnd)
		.split('\r\n')
		.find((line) => /^content-disposition:\s*form-data\b/i.test(line));
	const match = disposition === undefined ? null : NAME.exec(disposition);
	if (disposition === undefined || match === null) return undefined;
	if (FILENAME.test(disposition)) return 'file';
	const name = match[2] ?? (match[1] ?? '').replace(/\\(.)/g, '$1');
	return [utf8(name), utf8(section.slice(headersEnd + 4))];
}

function utf8(latin1: string): string {
	return Buffer.from(latin1, 'latin1').toString('utf8');
}
