import { BlockList, isIP } from 'node:net';

/** Tells whether a peer's `X-Forwarded-*` headers are believed. */
export type TrustedProxies = (address: string | undefined) => boolean;

/** Believes nobody. */
export const trustNobody: TrustedProxies = () => false;

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Reads a comma list of addresses and CIDR ranges, or `true` for everybody. Undefined when an item is neither. */
export function parseTrustedProxies(text: string): TrustedProxies | undefined {
	if (text.trim().toLowerCase() === 'true') return () => true;
	const list = new BlockList();
	for (const item of text.split(',').map((part) => part.trim())) {
		if (!addRange(list, item)) return undefined;
	}
	return (address) => {
		const plain = address?.replace(MAPPED_IPV4, '$1') ?? '';
		const version = isIP(plain);
		return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
	};
}

function addRange(list: BlockList, item: string): boolean {
	const [address = '', bits, ...rest] = item.split('/');
	const version = isIP(address);
	if (version === 0 || rest.length > 0) return false;
	const family = version === 6 ? 'ipv6' : 'ipv4';
	if (bits === undefined) {
		list.addAddress(address, family);
		return true;
	}
	const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
	if (!(prefix <= (version === 6 ? 128 : 32))) return false;
	list.addSubnet(address, prefix, family);
	return true;
}
