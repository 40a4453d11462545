import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';

/** The URLs of one answer: all on one scheme and host. */
export interface SessionUrls {
	/** Host and port as the URLs say it. */
	readonly host: string;
	/** `ws://HOST` or `wss://HOST`, to be followed by a path. */
	readonly wsOrigin: string;
}

/** A host name or address (IPv6 in brackets) and perhaps a port. Nothing else may come from a request into an answer. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** A host name has at most 253 characters (RFC 1035, 2.3.4), a port adds six. */
const HOST_LENGTH_MAX = 259;

/** Makes the function that knows what URLs an answer to a request begins with. */
export function sessionUrls(config: Pick<Config, 'publicUrl' | 'production' | 'tls'>): (request: FastifyRequest) => SessionUrls {
	const { publicUrl } = config;
	if (publicUrl !== undefined) {
		const fixed = urlsOf(publicUrl.secure, publicUrl.host);
		return () => fixed;
	}
	const alwaysSecure = config.production || config.tls !== undefined;
	return (request) => urlsOf(alwaysSecure || isSecure(request.protocol), hostOf(request));
}

function urlsOf(secure: boolean, host: string): SessionUrls {
	return { host, wsOrigin: `${secure ? 'wss' : 'ws'}://${host}` };
}

/** A trusted proxy may say `wss` of an upgrade. */
function isSecure(protocol: string): boolean {
	return protocol === 'https' || protocol === 'wss';
}

/** The host that the client asked for; where it named none that can be one, the address that it reached. */
function hostOf(request: FastifyRequest): string {
	const asked = request.host.toLowerCase();
	if (asked.length <= HOST_LENGTH_MAX && HOST.test(asked)) return asked;
	const { localAddress, localPort } = request.socket;
	if (localAddress === undefined || localPort === undefined) return 'localhost';
	const address = localAddress.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
	return `${address.includes(':') ? `[${address}]` : address}:${localPort}`;
}

export function broadcasterUrl(urls: SessionUrls, roomId: string): string {
	return `${urls.wsOrigin}/duress/${roomId}/websocket`;
}

export function viewerUrl(urls: SessionUrls, roomId: string): string {
	return `${urls.wsOrigin}/duress/${roomId}/viewer/websocket`;
}
