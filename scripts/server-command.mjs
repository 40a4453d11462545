/**
 * How the server is started, by `npm start`, the tests and the bench alike. It runs with any flags and environment; with these it holds less memory
 * (decision 21 has the figures).
 */
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';

const nodeFlags = [
	// Stripping types for the pages is still marked experimental; what can be said of it is in decision 12, not in every start.
	'--disable-warning=ExperimentalWarning',
	// Of each thread's semi-spaces, of which its young generation has up to three. What lives is small: more room only means that more of it is touched before it is swept. 1 MB costs speed.
	'--max-semi-space-size=4',
];

const memory = {
	// Modules stay compiled, and without their types, from one start to the next. Else every thread loads the type stripper and keeps its 10 MB.
	NODE_COMPILE_CACHE: join(projectRoot, '.runtime', 'compiled'),
	// glibc keeps what was freed until this much lies at the end of a heap, and raises the bound by itself unless it is set. Octets.
	MALLOC_TRIM_THRESHOLD_: '131072',
};

/** What Node is to be started with: its arguments with those of the server, and the environment. */
export function serverCommand(flags, env) {
	return { args: [...nodeFlags, join(projectRoot, 'src', 'main.ts'), ...flags], env: { ...memory, ...env } };
}
