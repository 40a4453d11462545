import { setFlagsFromString } from 'node:v8';

/**
 * Lets each thread free the memory of its own buffers. V8 would do it on another thread at the same time, and as the media path in
 * TypeScript gets a new buffer from the cipher for each packet, the two would meet in the allocator's locks (decision 19). For the whole process;
 * to be called before there are workers.
 */
export function sweepArrayBuffersHere(): void {
	setFlagsFromString('--no-concurrent-array-buffer-sweeping');
}
