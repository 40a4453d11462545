import { expect, test } from 'vitest';
import { PeerLiveness } from './peer-liveness.ts';

const limits = { silentParkMs: 60, unconnectedParkMs: 30, unconnectedMs: 90 };

test('a peer whose ICE never works has its time from joining, and anew from each finished negotiation', () => {
	const liveness = new PeerLiveness(limits, 1000);
	expect(liveness.deadlineMs).toBe(1090);
	liveness.negotiated(1010);
	expect(liveness.deadlineMs).toBe(1100);
});

test('a connected peer has no deadline, with a socket or without', () => {
	const liveness = new PeerLiveness(limits, 1000);
	liveness.connected();
	expect(liveness.deadlineMs).toBeUndefined();
	liveness.socketLost(1010);
	expect(liveness.deadlineMs).toBeUndefined();
});

test('silence begins the parking time, and checks end it', () => {
	const liveness = new PeerLiveness(limits, 1000);
	liveness.connected();
	liveness.silent(2000);
	expect(liveness.deadlineMs).toBe(2060);
	liveness.socketLost(2010);
	expect(liveness.deadlineMs).toBe(2060);
	liveness.back();
	expect(liveness.deadlineMs).toBeUndefined();
});

test('a socket lost before media flowed leaves less time', () => {
	const liveness = new PeerLiveness(limits, 1000);
	liveness.socketLost(1001);
	expect(liveness.deadlineMs).toBe(1031);
	liveness.connected();
	expect(liveness.deadlineMs).toBeUndefined();
});

test('a returned socket gives a silent peer its whole time again', () => {
	const liveness = new PeerLiveness(limits, 1000);
	liveness.connected();
	liveness.silent(2000);
	liveness.socketLost(2000);
	liveness.socketReturned(2050);
	expect(liveness.deadlineMs).toBe(2110);
});

test('a transport that starts over has to connect again', () => {
	const liveness = new PeerLiveness(limits, 1000);
	liveness.connected();
	liveness.renewed(3000);
	expect(liveness.deadlineMs).toBe(3090);
});
