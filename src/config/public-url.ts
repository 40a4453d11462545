/** What the URLs in answers begin with. */
export interface PublicUrl {
	/** `wss` rather than `ws`. */
	readonly secure: boolean;
	/** Host and, unless it is the scheme's own, port. */
	readonly host: string;
}

const SECURE_BY_SCHEME = new Map([
	['http:', false],
	['ws:', false],
	['https:', true],
	['wss:', true],
]);

/** Reads a scheme and host. Undefined when it is no such URL, or says more than that (a path, a query, credentials). */
export function parsePublicUrl(text: string): PublicUrl | undefined {
	const url = URL.parse(text);
	const secure = SECURE_BY_SCHEME.get(url?.protocol ?? '');
	if (url === null || secure === undefined || url.host === '') return undefined;
	const saysMore = url.username !== '' || url.password !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '';
	return saysMore ? undefined : { secure, host: url.host };
}
