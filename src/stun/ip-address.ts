/**
 * IP addresses between text and bytes. IPv4-mapped IPv6 addresses (`::ffff:a.b.c.d`, RFC 4291, section 2.5.5.2), which a dual-stack
 * socket reports for IPv4 peers, count as the IPv4 address they are.
 */

const MAPPED_PREFIX_BYTES = 12;
/** The longest IPv6 text, `ffff:…:255.255.255.255`, has 45 characters. */
const MAX_TEXT_LENGTH = 45;

/** The 4 or 16 bytes of an address, or undefined when the text is none. A zone (`%eth0`) is dropped. */
export function addressBytes(text: string): Uint8Array | undefined {
	const zone = text.indexOf('%');
	const bare = zone === -1 ? text : text.slice(0, zone);
	if (bare.length > MAX_TEXT_LENGTH) return undefined;
	if (!bare.includes(':')) return zone === -1 ? ipv4Bytes(bare) : undefined;
	const bytes = ipv6Bytes(bare);
	return bytes !== undefined && isMapped(bytes) ? bytes.slice(MAPPED_PREFIX_BYTES) : bytes;
}

/** The text of 4 or 16 bytes; IPv6 as RFC 5952 wants it (lower case, the longest run of zero groups shortened). */
export function addressText(bytes: Uint8Array): string {
	if (bytes.length === 4) return bytes.join('.');
	if (isMapped(bytes)) return bytes.subarray(MAPPED_PREFIX_BYTES).join('.');
	const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
	let runStart = 0;
	let runLength = 1; // a single zero group is not shortened (RFC 5952, section 4.2.2)
	for (let start = 0; start < 8; start++) {
		let length = 0;
		while (start + length < 8 && groups[start + length] === 0) length += 1;
		if (length > runLength) {
			runStart = start;
			runLength = length;
		}
	}
	const hex = groups.map((group) => group.toString(16));
	if (runLength === 1) return hex.join(':');
	return `${hex.slice(0, runStart).join(':')}::${hex.slice(runStart + runLength).join(':')}`;
}

function isMapped(bytes: Uint8Array): boolean {
	return bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every((byte) => byte === 0);
}

function ipv4Bytes(text: string): Uint8Array | undefined {
	const parts = text.split('.');
	if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
	return Uint8Array.from(parts, Number);
}

function ipv6Bytes(text: string): Uint8Array | undefined {
	const halves = text.split('::');
	if (halves.length > 2) return undefined;
	const head = groupBytes(halves[0] ?? '', halves.length === 1);
	const tail = groupBytes(halves[1] ?? '', true);
	if (head === undefined || tail === undefined) return undefined;
	const missing = 16 - head.length - tail.length;
	if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
	return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

function groupBytes(text: string, mayEndInIpv4: boolean): readonly number[] | undefined {
	if (text === '') return [];
	const bytes: number[] = [];
	const groups = text.split(':');
	for (const [i, group] of groups.entries()) {
		if (mayEndInIpv4 && i === groups.length - 1 && group.includes('.')) {
			const ipv4 = ipv4Bytes(group);
			if (ipv4 === undefined) return undefined;
			bytes.push(...ipv4);
		} else {
			if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
			const value = Number.parseInt(group, 16);
			bytes.push(value >> 8, value & 0xff);
		}
	}
	return bytes;
}
