/** `npm start`: sets the project up and runs the server with the flags given. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { exitCodeOf } from './run.mjs';
import { setup } from './setup.mjs';
import { runScript } from './setup-error.mjs';

await runScript(async () => {
	const { node, env } = await setup();
	// Stripping types for the pages is still marked experimental; what can be said of it is in decision 12, not in every start.
	const args = ['--disable-warning=ExperimentalWarning', join(projectRoot, 'src', 'main.ts'), ...process.argv.slice(2)];
	const server = spawn(node, args, { env, stdio: 'inherit' });
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
		// A terminal sends Ctrl-C to the whole process group: there the server has it already.
		process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : server.kill(signal)));
	}
	return await new Promise((resolve, reject) => {
		server.on('error', reject);
		server.on('close', (code, signal) => resolve(exitCodeOf(code, signal)));
	});
});
