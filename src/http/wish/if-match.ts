/** What an `If-Match` header says of a resource. */
export type IfMatch = 'absent' | 'any' | 'current' | 'other';

/**
 * Compares an `If-Match` header with the entity tag of a resource, by strong comparison (RFC 9110 §13.1.1, §8.8.3.2). `*` means any, and so
 * does `"*"`, as drafts of WHIP wrote it.
 * @param tag without its quotes
 */
export function readIfMatch(header: string | undefined, tag: string): IfMatch {
	if (header === undefined) return 'absent';
	const tags = header.split(',').map((part) => part.trim());
	if (tags.some((part) => part === '*' || part === '"*"')) return 'any';
	return tags.includes(`"${tag}"`) ? 'current' : 'other';
}
