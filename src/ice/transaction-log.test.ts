import { describe, expect, it } from 'vitest';
import { MAX_TRANSACTIONS, TransactionLog } from './transaction-log.ts';

/** Distinct ids, the way random ones are. */
function id(n: number): Uint8Array {
	const bytes = new Uint8Array(12);
	new DataView(bytes.buffer).setUint32(0, Math.imul(n, 2654435761));
	return bytes;
}

describe('the log of transaction ids', () => {
	it('knows every id again, the first one too, until it is full; then it admits that it does not know', () => {
		const log = new TransactionLog();
		for (let n = 1; n <= MAX_TRANSACTIONS; n++) {
			if (log.record(id(n)) !== 'new') throw new Error(`id ${n} was not new`);
		}
		for (let n = 1; n <= MAX_TRANSACTIONS; n++) {
			if (log.record(id(n)) !== 'seen') throw new Error(`id ${n} was forgotten`);
		}
		expect(log.record(id(MAX_TRANSACTIONS + 1))).toBe('full');
		expect(log.record(id(MAX_TRANSACTIONS + 1))).toBe('full');
	});

	it('records the id of zeros like any other', () => {
		const log = new TransactionLog();
		expect(log.record(new Uint8Array(12))).toBe('new');
		expect(log.record(new Uint8Array(12))).toBe('seen');
	});

	it('is worn from three quarters on, and not by repeats', () => {
		const log = new TransactionLog();
		const almost = MAX_TRANSACTIONS * 0.75 - 1;
		for (let n = 1; n <= almost; n++) log.record(id(n));
		log.record(id(1));
		expect(log.isWorn).toBe(false);
		log.record(id(almost + 1));
		expect(log.isWorn).toBe(true);
	});
});
