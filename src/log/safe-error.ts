/** What a log line may hold of an error. */
export interface SafeError {
	readonly type: string;
	readonly code?: string;
	/** Where it was thrown, innermost first. */
	readonly frames: readonly string[];
}

/** Enough to find the place, short enough for one line. */
const FRAMES_MAX = 10;

/**
 * An error without its message: messages quote input (`"Maria" is not valid JSON`) and addresses (`connect ECONNREFUSED 10.0.0.7`),
 * which no log line may hold. Type, code and frames say where and why.
 */
export function safeError(error: unknown): SafeError {
	if (!(error instanceof Error)) return { type: typeof error, frames: [] };
	const frames = (error.stack ?? '')
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => /^at .*:\d+:\d+\)?$/.test(line))
		.slice(0, FRAMES_MAX);
	const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
	return { type: error.name, ...(code === undefined ? {} : { code }), frames };
}
