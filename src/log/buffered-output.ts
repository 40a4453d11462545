import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Lines are handed to the system in pieces of this size; one system call per line would cost more than the line. */
const WRITE_CHARACTERS = 4_096;
/** A line waits at most so long for others to be written with it. */
const FLUSH_INTERVAL_MS = 200;
/** What may wait for a reader that has stalled; lines past it are dropped rather than kept until memory runs out. */
const BACKLOG_CHARACTERS_MAX = 16 * 1024 * 1024;
/** A full pipe is tried again after this time. */
const RETRY_MS = 20;
/** How often the last lines of an ending process are tried on a full pipe. */
const LAST_TRIES = 10;

/**
 * A log's way to a file descriptor: written in pieces by the thread pool, so that no reader, however slow, holds the server up. A reader
 * that has gone away (EPIPE) takes the log with it, never the server: pino's own destination tries for ever to flush to such a
 * pipe, and the process would not end.
 */
export class BufferedOutput implements DestinationStream {
	readonly #fd: number;
	#lines: string[] = [];
	#waiting = 0;
	/** What the system has not taken yet of the piece on its way. */
	#piece = Buffer.alloc(0);
	#isWriting = false;
	#isBroken = false;
	#timer: NodeJS.Timeout | undefined;
	#onDrained: (() => void)[] = [];

	constructor(fd: number) {
		this.#fd = fd;
	}

	write(line: string): void {
		if (this.#isBroken || this.#waiting > BACKLOG_CHARACTERS_MAX) return;
		this.#lines.push(line);
		this.#waiting += line.length;
		if (this.#waiting >= WRITE_CHARACTERS) this.#begin();
		else this.#beginAfter(FLUSH_INTERVAL_MS);
	}

	/** Resolves when everything written so far is out, or cannot get out. */
	drain(): Promise<void> {
		return new Promise((resolve) => {
			this.#onDrained.push(resolve);
			this.#begin();
		});
	}

	/** For a process that ends now: what waits is written before it returns, unless the reader has gone or has stalled. */
	flushSync(): void {
		let rest = Buffer.concat([this.#isWriting ? Buffer.alloc(0) : this.#piece, this.#takeLines()]);
		for (let tries = 0; rest.length > 0 && !this.#isBroken && tries < LAST_TRIES; tries++) {
			try {
				rest = rest.subarray(writeSync(this.#fd, rest));
			} catch (error) {
				if (!isFull(error)) return;
				Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
			}
		}
	}

	#begin(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		if (this.#isWriting) return;
		if (this.#piece.length === 0) this.#piece = this.#takeLines();
		if (this.#piece.length === 0 || this.#isBroken) {
			for (const resolve of this.#onDrained.splice(0)) resolve();
			return;
		}
		this.#isWriting = true;
		write(this.#fd, this.#piece, (error, written) => {
			this.#isWriting = false;
			if (error === null) this.#piece = this.#piece.subarray(written);
			else if (isFull(error)) return this.#beginAfter(RETRY_MS);
			else this.#isBroken = true;
			this.#begin();
		});
	}

	#beginAfter(ms: number): void {
		this.#timer ??= setTimeout(() => this.#begin(), ms).unref();
	}

	#takeLines(): Buffer<ArrayBuffer> {
		const text = this.#lines.join('');
		this.#lines = [];
		this.#waiting = 0;
		return Buffer.from(text);
	}
}

function isFull(error: unknown): boolean {
	return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EBUSY');
}
