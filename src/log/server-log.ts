import { type DestinationStream, type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { BufferedOutput } from './buffered-output.ts';
import { safeError } from './safe-error.ts';

export interface ServerLogOptions {
	readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
	readonly format: 'json' | 'pretty' | 'auto';
	/** Default: standard output. */
	readonly stream?: DestinationStream;
}

export interface ServerLog {
	readonly logger: Logger;
	/** Resolves when what waits is written, or cannot be. A process that exits writes the rest. */
	drain(): Promise<void>;
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
	if (options.stream !== undefined) return { logger: pino(settings, options.stream), drain: async () => {} };
	if (pretty) return { logger: pino(settings, PinoPretty({ sync: true, translateTime: 'SYS:HH:MM:ss.l' })), drain: async () => {} };
	const output = new BufferedOutput(1);
	process.once('exit', () => output.flushSync());
	return { logger: pino(settings, output), drain: () => output.drain() };
}
