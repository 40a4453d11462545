/**
 * How often a repeated test goes round: `full` times under `npm run verify` (which sets `DURESS_TEST_ROUNDS=full`), a tenth of
 * it, rounded up, otherwise.
 */
export function rounds(full: number): number {
	return process.env.DURESS_TEST_ROUNDS === 'full' ? full : Math.ceil(full / 10);
}
