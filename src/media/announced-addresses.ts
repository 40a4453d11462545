import { isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/**
 * The addresses that go into ICE candidates: the configured ones, else the machine's own unicast addresses of the families that
 * the media socket serves. Link-local addresses mean nothing to a peer elsewhere; loopback is for trials on one machine and left
 * out in production. IPv4 comes first, loopback last.
 */
export function announcedAddresses(options: {
	readonly configured: readonly string[];
	readonly interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
	readonly families: { readonly ipv4: boolean; readonly ipv6: boolean };
	readonly production: boolean;
}): readonly string[] {
	if (options.configured.length > 0) return options.configured;
	const found: { address: string; rank: number }[] = [];
	for (const entry of Object.values(options.interfaces).flatMap((list) => list ?? [])) {
		const ipv6 = isIPv6(entry.address);
		if (ipv6 ? !options.families.ipv6 : !options.families.ipv4) continue;
		if (isLinkLocal(entry.address)) continue;
		if (entry.internal && options.production) continue;
		found.push({ address: entry.address, rank: (entry.internal ? 2 : 0) + (ipv6 ? 1 : 0) });
	}
	return found.sort((a, b) => a.rank - b.rank).map((entry) => entry.address);
}

/** 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291). */
function isLinkLocal(address: string): boolean {
	return address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/i.test(address);
}
