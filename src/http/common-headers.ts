/** On every answer, errors included. Answers hold live state and room ids: no cache may keep them. */
export const COMMON_HEADERS = {
	'access-control-allow-origin': '*',
	'cache-control': 'no-store',
	'x-content-type-options': 'nosniff',
} as const;

/** What the answer to a preflight allows (the CORS header itself is among the common ones). */
export const CORS_METHODS = ['GET', 'POST', 'OPTIONS'];
export const CORS_HEADERS = ['Origin', 'Content-Type', 'Accept', 'Authorization'];
