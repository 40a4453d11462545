export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON text that should hold an object; undefined when it does not. */
export function parseObject(text: string): JsonObject | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** A string field; '' when it is missing or something else. */
export function textOf(object: JsonObject, key: string): string {
	const value = object[key];
	return typeof value === 'string' ? value : '';
}
