const lookEveryMs = 5;

/** Resolves when the condition holds; rejects, naming what was waited for, when it has not within the time. */
export async function until(what: string, withinMs: number, holds: () => boolean | Promise<boolean>): Promise<void> {
	const untilMs = performance.now() + withinMs;
	while (!(await holds())) {
		if (performance.now() > untilMs) throw new Error(`${what}: not within ${withinMs} ms`);
		await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
	}
}
