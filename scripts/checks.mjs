/** The checks that read the tree and run nothing of it: types, lint and format, import directions, documents. */
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { run } from './run.mjs';

const bin = (...path) => join(projectRoot, 'node_modules', ...path);

const checks = [
	{ name: 'types', args: [bin('typescript', 'bin', 'tsc'), '-p', '.'] },
	{ name: 'types (web)', args: [bin('typescript', 'bin', 'tsc'), '-p', 'web'] },
	{ name: 'lint and format', args: [bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.'] },
	{
		name: 'import directions',
		args: [bin('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), '--config', '.dependency-cruiser.mjs', 'src', 'web'],
	},
	{ name: 'pure folders', args: ['scripts/check-pure.mjs'] },
	{ name: 'documents', args: ['scripts/check-docs.mjs'] },
];

/** Runs every check, prints one line each (and the output of a failed one), gives the number that failed. */
export async function runChecks(node, env) {
	let failed = 0;
	for (const { name, args } of checks) {
		const startedMs = Date.now();
		const { code, output } = await run(node, args, { env, quiet: true });
		console.log(`${code === 0 ? '✓' : '✗'} ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
		if (code === 0) continue;
		console.log(output.trimEnd());
		failed += 1;
	}
	return failed;
}
