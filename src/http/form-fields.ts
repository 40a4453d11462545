/** The fields of a form by name. Of a name that comes twice the first counts, as in the servers that clients were written for. */
export function formFields(pairs: Iterable<readonly [string, string]>): Record<string, string> {
	const fields = new Map<string, string>();
	for (const [name, value] of pairs) {
		if (!fields.has(name)) fields.set(name, value);
	}
	// Defines each as an own property, `__proto__` too: no name reaches a prototype.
	return Object.fromEntries(fields);
}

/** Reads `application/x-www-form-urlencoded`: a query, or a body. */
export function parseUrlencoded(text: string): Record<string, string> {
	return text === '' ? {} : formFields(new URLSearchParams(text));
}

/**
 * Adds the query's fields to a body where the body leaves them out or blank: the body wins. A body that is not an object comes
 * back as it is, to be refused by the schema.
 */
export function withQuery(body: unknown, query: unknown): unknown {
	if (typeof query !== 'object' || query === null) return body;
	if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) return body;
	const merged = new Map<string, unknown>(Object.entries(query));
	for (const [name, value] of Object.entries(body ?? {})) {
		if (!isBlank(value) || !merged.has(name)) merged.set(name, value);
	}
	return Object.fromEntries(merged);
}

function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
