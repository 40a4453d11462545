import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * TypeScript as JavaScript, by name. In a thread of its own that ends at once: the stripper's WebAssembly and heap, some 10 MB, would otherwise
 * stay with the server for as long as it runs.
 * @throws Error of the first source that is no erasable TypeScript
 */
export async function stripTypes(sources: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
	if (sources.size === 0) return sources;
	const thread = new Worker(new URL('./strip-types-thread.ts', import.meta.url), { workerData: sources, name: 'strip-types' });
	const ended = once(thread, 'exit').then(([code]) => Promise.reject(new Error(`the thread that strips types ended with ${code}`)));
	// `once` rejects with the thread's error.
	const [stripped]: readonly unknown[] = await Promise.race([once(thread, 'message'), ended]);
	if (!(stripped instanceof Map)) throw new TypeError('the thread that strips types answers with a map');
	return stripped;
}
