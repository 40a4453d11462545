import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { buildFolder, buildPeer } from '../build-peer.ts';
import { end, start } from '../children.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const program = join(buildFolder, 'pion');
const READY_WITHIN_MS = 10_000;

/** Keys that are empty are left out of its lines. */
const anyLine = Type.Object({
	t: Type.String(),
	id: Type.Optional(Type.Integer()),
	sdp: Type.Optional(Type.String()),
	error: Type.Optional(Type.String()),
});

export function buildPion(): void {
	buildPeer('the Pion peer', join(import.meta.dirname, '..', 'peers', 'pion', 'build.sh'), [program]);
}

/** Starts the Pion peer, which must have been built. @param bare without its default interceptors */
export async function startPion(core: number | undefined, bare: boolean): Promise<ServerUnderTest> {
	const child = start(core, program, [], {
		// On one core the scheduler of Go does best when it knows of one.
		env: { ...process.env, ...(core === undefined ? {} : { GOMAXPROCS: '1' }), NOINT: bare ? '1' : '' },
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	const { stdin, stdout, stderr } = child;
	if (stdin === null || stdout === null || stderr === null) throw new Error('the Pion peer has no pipes');
	let said = '';
	stderr.setEncoding('utf8').on('data', (text: string) => {
		said = (said + text).slice(-4000);
	});
	stdin.on('error', () => {});
	const ready = Promise.withResolvers<void>();
	const crashed = Promise.withResolvers<never>();
	crashed.promise.catch(() => {});
	let stopping = false;
	const server: ServerUnderTest = {
		pid: child.pid ?? 0,
		url: undefined,
		say: (line) => stdin.write(`${line}\n`),
		onLine: undefined,
		crashed: crashed.promise,
		stop: () => {
			stopping = true;
			return end(child, () => stdin.end());
		},
	};
	createInterface({ input: stdout }).on('line', (text) => {
		const { t, id = 0, sdp = '', error = '' } = Value.Parse(anyLine, JSON.parse(text));
		if (t === 'ready') ready.resolve();
		else server.onLine?.({ t, id, sdp, error });
	});
	const fail = (why: string) => {
		const error = new Error(`the Pion peer ${why}; it said last:\n${said}`);
		ready.reject(error);
		if (!stopping) crashed.reject(error);
	};
	child.once('error', (error) => fail(`could not be started: ${error.message}`));
	child.once('exit', (code, signal) => fail(`ended with ${signal ?? code}`));
	const limit = setTimeout(() => fail('was not ready in time'), READY_WITHIN_MS);
	await ready.promise.finally(() => clearTimeout(limit));
	return server;
}
