import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

interface Counts {
	passed: number;
	failed: number;
	skipped: number;
}

function count(modules: readonly TestModule[], counts: Counts, skipNotes: Map<string, number>): void {
	for (const module of modules) {
		let failedTests = 0;
		for (const test of module.children.allTests()) {
			const result = test.result();
			if (result.state === 'passed') counts.passed += 1;
			else if (result.state === 'skipped') {
				counts.skipped += 1;
				const note = result.note ?? 'no reason given';
				skipNotes.set(note, (skipNotes.get(note) ?? 0) + 1);
			} else {
				// A test that is still pending at the end did not pass.
				counts.failed += 1;
				failedTests += 1;
			}
		}
		// A file that does not load, or a hook that fails, has no failed test to show for it.
		if (!module.ok() && failedTests === 0) counts.failed += 1;
	}
}

/** Says why tests were skipped, and writes the counts to the file that `DURESS_TEST_SUMMARY` names, as `{passed, failed, skipped}`. */
export default class SummaryReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
		const counts: Counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
		const skipNotes = new Map<string, number>();
		count(modules, counts, skipNotes);
		for (const [note, number] of skipNotes) console.log(`skipped: ${note} (${number})`);
		const file = process.env.DURESS_TEST_SUMMARY;
		if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
	}
}
