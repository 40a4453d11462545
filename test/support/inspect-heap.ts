import { type Call, Inspector } from './inspector.ts';

/**
 * Bytes on the heaps of a running server, of its main thread and of its workers, buffers included, that are really in use: its inspector is made to
 * collect garbage first, so two looks can be compared. `log` is what the server has written, where the inspector's address stands.
 */
export async function usedHeapBytes(server: { log(): string }): Promise<number> {
	const inspector = await Inspector.open(server);
	try {
		const workers = await inspector.workers();
		let used = 0;
		for (const call of [inspector.call, ...workers.values()]) used += await usedBytes(call);
		return used;
	} finally {
		inspector.close();
	}
}

async function usedBytes(call: Call): Promise<number> {
	// Twice: what a finaliser lets go is collected the second time.
	await call('HeapProfiler.collectGarbage');
	await call('HeapProfiler.collectGarbage');
	const { usedSize, backingStorageSize } = await call('Runtime.getHeapUsage');
	if (typeof usedSize !== 'number' || typeof backingStorageSize !== 'number') throw new Error('the inspector gave no heap usage');
	return usedSize + backingStorageSize;
}
