/** Where a server listens. Without a host: every address, IPv6 and IPv4. Port 0: any free one. */
export interface ListenAddress {
	readonly host: string | undefined;
	readonly port: number;
}

const PORT_MAX = 65_535;

/** Reads `HOST:PORT`: `:8080`, `127.0.0.1:0`, `[::]:8080`, `localhost:8080`. Undefined for anything else. */
export function parseListenAddress(text: string): ListenAddress | undefined {
	const parts = /^(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<host>[A-Za-z0-9._-]*)):(?<port>\d{1,5})$/.exec(text)?.groups;
	const port = Number(parts?.port ?? Number.NaN);
	if (parts === undefined || !(port <= PORT_MAX)) return undefined;
	return { host: parts.ipv6 || parts.host || undefined, port };
}
