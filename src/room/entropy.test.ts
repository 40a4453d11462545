import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Entropy } from './entropy.ts';

const filled = (value: number): Entropy => new Entropy((size) => new Uint8Array(size).fill(value));

test('ICE credentials are long enough and made of ice-chars only', () => {
	for (let round = 0; round < 100; round++) {
		const { ufrag, pwd } = new Entropy(randomBytes).iceCredentials();
		expect(ufrag).toMatch(/^[A-Za-z0-9+/]{8}$/);
		expect(pwd).toMatch(/^[A-Za-z0-9+/]{24}$/);
	}
});

test('a session id is a positive 63-bit number in decimal', () => {
	expect(filled(255).sessionId()).toBe((2n ** 63n - 1n).toString());
	expect(filled(0).sessionId()).toBe('0');
});

test('a unit number is below one', () => {
	expect(filled(255).unit()).toBeLessThan(1);
	expect(filled(0).unit()).toBe(0);
});
