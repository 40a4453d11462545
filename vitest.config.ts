import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		environment: 'node',
		include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
		pool: 'forks',
		// Media tests judge time: more workers than this crowd each other out on a small machine.
		maxWorkers: 2,
		testTimeout: 30_000,
		hookTimeout: 60_000,
		teardownTimeout: 10_000,
		reporters: ['default', './test/support/summary-reporter.ts'],
	},
});
