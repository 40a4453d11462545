/** `npm start`: sets the project up and runs the server with the flags given. */
import { spawn } from 'node:child_process';
import { exitCodeOf } from './run.mjs';
import { serverCommand } from './server-command.mjs';
import { setup } from './setup.mjs';
import { runScript } from './setup-error.mjs';

await runScript(async () => {
	const runtime = await setup();
	const { args, env } = serverCommand(process.argv.slice(2), runtime.env);
	const server = spawn(runtime.node, args, { env, stdio: 'inherit' });
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
		// A terminal sends Ctrl-C to the whole process group: there the server has it already.
		process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : server.kill(signal)));
	}
	return await new Promise((resolve, reject) => {
		server.on('error', reject);
		server.on('close', (code, signal) => resolve(exitCodeOf(code, signal)));
	});
});
