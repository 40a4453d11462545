import { isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { announcedAddresses } from './announced-addresses.ts';

function entry(address: string, internal = false): NetworkInterfaceInfo {
	const common = { address, internal, netmask: '', mac: '00:00:00:00:00:00', cidr: null };
	return isIPv6(address) ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const interfaces = {
	lo: [entry('::1', true), entry('127.0.0.1', true)],
	eth0: [entry('2001:db8::5'), entry('fe80::1'), entry('FEBF::2'), entry('192.0.2.5')],
	wlan0: [entry('169.254.3.4'), entry('10.1.2.3'), entry('fd00::9')],
	gone: undefined,
};
const machine = { configured: [], interfaces, families: { ipv4: true, ipv6: true }, production: true };

test('the machine’s own addresses are announced, IPv4 first; link-local ones and, in production, loopback are not', () => {
	expect(announcedAddresses(machine)).toEqual(['192.0.2.5', '10.1.2.3', '2001:db8::5', 'fd00::9']);
});

test('loopback comes last where it is announced', () => {
	const addresses = announcedAddresses({ ...machine, production: false });
	expect(addresses.slice(-2)).toEqual(['127.0.0.1', '::1']);
	expect(addresses).toHaveLength(6);
});

test('addresses of a family that the socket does not serve are left out', () => {
	expect(announcedAddresses({ ...machine, families: { ipv4: true, ipv6: false } })).toEqual(['192.0.2.5', '10.1.2.3']);
	expect(announcedAddresses({ ...machine, families: { ipv4: false, ipv6: true } })).toEqual(['2001:db8::5', 'fd00::9']);
});

test('configured addresses stand for all, in their order', () => {
	const configured = ['2001:db8::99', '203.0.113.9'];
	expect(announcedAddresses({ ...machine, configured })).toEqual(configured);
});

test('a machine without addresses announces none', () => {
	expect(announcedAddresses({ ...machine, interfaces: {} })).toEqual([]);
});
