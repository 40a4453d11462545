import { describe, expect, it } from 'vitest';
import { createIceCredentials } from './credentials.ts';

describe('ICE credentials', () => {
	it('are long enough and of the ice-char alphabet, whatever the random bytes', () => {
		for (const byte of [0, 1, 63, 64, 200, 255]) {
			const { ufrag, pwd } = createIceCredentials((count) => new Uint8Array(count).fill(byte));
			expect(ufrag).toMatch(/^[A-Za-z0-9+/]{8}$/);
			expect(pwd).toMatch(/^[A-Za-z0-9+/]{24}$/);
		}
	});

	it('use every character, and differ with the random bytes', () => {
		const seen = new Set<string>();
		for (let start = 0; start < 256; start += 8) {
			const { ufrag } = createIceCredentials((count) => Uint8Array.from({ length: count }, (_, i) => start + i));
			for (const char of ufrag) seen.add(char);
		}
		expect(seen.size).toBe(64);
	});
});
