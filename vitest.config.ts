import { defineConfig } from 'vitest/config';

const common = {
	environment: 'node',
	pool: 'forks',
	testTimeout: 30_000,
	hookTimeout: 60_000,
	teardownTimeout: 10_000,
} as const;

/**
 * Tests with whole servers, browsers and media in real time. They judge time, so nothing else runs beside them, and what a busy machine
 * spoils is measured again, twice at most: a fault of the server's fails every time.
 */
const inRealTime = ['test/bench/**/*.test.ts', 'test/browser/**/*.test.ts', 'test/dtls/**/*.test.ts', 'test/media/**/*.test.ts'];

export default defineConfig({
	test: {
		reporters: ['default', './test/support/summary-reporter.ts'],
		projects: [
			{
				test: {
					...common,
					name: 'parts',
					include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts', 'bench/**/*.test.ts'],
					exclude: inRealTime,
					maxWorkers: 2,
					sequence: { groupOrder: 0 },
				},
			},
			// What the native media path does where it could be built, TypeScript does everywhere else: engines are tested with both.
			{
				test: {
					...common,
					name: 'without native code',
					include: ['src/media/engine-*.test.ts'],
					env: { DURESS_NATIVE: '0' },
					maxWorkers: 2,
					sequence: { groupOrder: 0 },
				},
			},
			{ test: { ...common, name: 'real time', include: inRealTime, maxWorkers: 1, retry: 2, sequence: { groupOrder: 1 } } },
		],
	},
});
