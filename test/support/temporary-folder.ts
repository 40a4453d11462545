import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface TemporaryFolder {
	readonly path: string;
	/** Removes it with all that is in it; twice is harmless. */
	remove(): void;
}

/** A new empty folder, for a suite: whoever makes it removes it. */
export function makeTemporaryFolder(): TemporaryFolder {
	const path = mkdtempSync(join(tmpdir(), 'duress-'));
	return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** A new empty folder that goes when the running test ends. */
export function temporaryFolder(): string {
	const folder = makeTemporaryFolder();
	onTestFinished(() => folder.remove());
	return folder.path;
}
