/** A set-up failure that is told in one line, without a stack. */
export class SetupError extends Error {}

/** Runs an entry script: a SetupError becomes one line on stderr and exit 1; the returned number is the exit code. */
export async function runScript(main) {
	try {
		process.exitCode = await main();
	} catch (error) {
		if (!(error instanceof SetupError)) throw error;
		console.error(`error: ${error.message}`);
		process.exitCode = 1;
	}
}
