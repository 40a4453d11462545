import { expect, test } from 'vitest';
import { PublicationLiveness } from './publication-liveness.ts';

test('a feed is lost after two seconds without a packet and back with the next one', () => {
	const liveness = new PublicationLiveness();
	expect(liveness.packet(0)).toBe(false);
	expect(liveness.packet(500)).toBe(false);
	expect(liveness.nextMs).toBe(2500);
	expect(liveness.tick(2499)).toBe(false);
	expect(liveness.tick(2500)).toBe(true);
	expect(liveness.live).toBe(false);
	expect(liveness.tick(9000)).toBe(false);
	expect(liveness.packet(9000)).toBe(true);
	expect(liveness.packet(9001)).toBe(false);
	expect(liveness.live).toBe(true);
});

test('a publication that was never fed cannot be lost', () => {
	const liveness = new PublicationLiveness();
	expect(liveness.tick(100_000)).toBe(false);
	expect(liveness.feedClosed()).toBe(false);
	expect(liveness.packet(100_001)).toBe(false);
});

test('a feed that closes is lost at once, once', () => {
	const liveness = new PublicationLiveness();
	liveness.packet(0);
	expect(liveness.feedClosed()).toBe(true);
	expect(liveness.feedClosed()).toBe(false);
	expect(liveness.nextMs).toBe(Number.POSITIVE_INFINITY);
	expect(liveness.packet(5000)).toBe(true);
});

test('how long a feed has been silent counts from its last packet, lost or not', () => {
	const liveness = new PublicationLiveness();
	expect(liveness.silentMs(0)).toBe(Number.POSITIVE_INFINITY);
	liveness.packet(100);
	liveness.packet(500);
	expect(liveness.silentMs(800)).toBe(300);
	liveness.feedClosed();
	expect(liveness.silentMs(2600)).toBe(2100);
});
