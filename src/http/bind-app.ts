import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { ListenAddress } from '../config/listen-address.ts';

/** Where IPv6 is off, `::` cannot be bound. */
const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

/** Starts listening. Without a host: on every address of both families, or of IPv4 where IPv6 is off. Returns the port bound. */
export async function bindApp(app: FastifyInstance, { host, port }: ListenAddress): Promise<number> {
	try {
		await app.listen({ host: host ?? '::', port });
	} catch (error) {
		const withoutIpv6 = error instanceof Error && 'code' in error && NO_IPV6.has(String(error.code));
		if (host !== undefined || !withoutIpv6) throw error;
		await app.listen({ host: '0.0.0.0', port });
	}
	const address: AddressInfo | string | null = app.server.address();
	if (address === null || typeof address === 'string') throw new Error('the HTTP server has no port');
	return address.port;
}
