/** `npm run bench`: sets the project up and measures what its media path costs. `npm run bench -- --help` */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { exitCodeOf } from './run.mjs';
import { setup } from './setup.mjs';
import { runScript } from './setup-error.mjs';

await runScript(async () => {
	const { node, env } = await setup();
	const args = ['--disable-warning=ExperimentalWarning', join(projectRoot, 'bench', 'main.ts'), ...process.argv.slice(2)];
	const bench = spawn(node, args, { env, stdio: 'inherit' });
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
		// A terminal sends Ctrl-C to the whole process group: there the bench has it already.
		process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : bench.kill(signal)));
	}
	return await new Promise((resolve, reject) => {
		bench.on('error', reject);
		bench.on('close', (code, signal) => resolve(exitCodeOf(code, signal)));
	});
});
