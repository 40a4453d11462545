import { isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/**
 * What counts as one address for rates: an IPv4 address, or the /64 network of an IPv6 one, since every IPv6 subscriber has at
 * least a /64 to choose addresses from (RFC 6177).
 */
export function addressKey(address: string): string {
	if (!address.includes(':')) return address;
	const plain = address.replace(MAPPED_IPV4, '').replace(/%.*$/, '');
	return isIPv6(plain) ? networkOf(plain) : plain;
}

function networkOf(address: string): string {
	const [head = '', tail] = address.split('::');
	const groups = head === '' ? [] : head.split(':');
	if (tail !== undefined) {
		const after = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0);
		while (groups.length + after < 8) groups.push('0');
		groups.push(...tail.split(':'));
	}
	return groups
		.slice(0, 4)
		.map((group) => Number.parseInt(group || '0', 16).toString(16))
		.join(':');
}
