import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { safeError } from './safe-error.ts';

/** Lines are handed to the system in pieces of this size; one system call per line would cost more than the line. */
const WRITE_BYTES = 4_096;

/** A line waits at most so long for others to be written with it. */
const FLUSH_INTERVAL_MS = 200;

/** What may wait for a reader that has stalled; lines past it are dropped rather than kept until memory runs out. */
const BACKLOG_BYTES_MAX = 16 * 1024 * 1024;

export interface ServerLogOptions {
	readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
	readonly format: 'json' | 'pretty' | 'auto';
	/** Default: standard output. */
	readonly stream?: DestinationStream;
}

export interface ServerLog {
	readonly logger: Logger;
	/** Writes out what waits, before it returns. Also done when the process exits. */
	flush(): void;
}

/** The one logger of a process: JSON lines, or lines for people on a terminal. */
export function createServerLog(options: ServerLogOptions): ServerLog {
	const pretty = options.format === 'pretty' || (options.format === 'auto' && process.stdout.isTTY === true);
	const settings = {
		level: options.level,
		// Neither process id nor host name: the collector of the lines knows both, and a host name may name a person or place.
		base: null,
		serializers: { err: safeError, error: safeError },
	};
	if (options.stream !== undefined) return { logger: pino(settings, options.stream), flush: () => {} };
	if (pretty) return { logger: pino(settings, PinoPretty({ sync: true, translateTime: 'SYS:HH:MM:ss.l' })), flush: () => {} };
	const buffered = destination({
		dest: 1,
		sync: false,
		minLength: WRITE_BYTES,
		periodicFlush: FLUSH_INTERVAL_MS,
		maxLength: BACKLOG_BYTES_MAX,
	});
	// A reader that has gone away (EPIPE) takes the log with it, never the server.
	buffered.on('error', () => {});
	const flush = (): void => {
		try {
			buffered.flushSync();
		} catch {
			// Not open yet, or its reader has gone: nothing can be written.
		}
	};
	process.once('exit', flush);
	return { logger: pino(settings, buffered), flush };
}
