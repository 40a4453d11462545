import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { serverCommand } from '../../scripts/server-command.mjs';
import { end, start } from '../children.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
const READY_WITHIN_MS = 30_000;
const KEPT_LINES = 40;

const readyLine = Type.Object({ msg: Type.Literal('ready'), port: Type.Integer() });

/** Starts the real server, as `npm start` does, on free ports of loopback. */
export async function startDuress(core: number | undefined, native: boolean): Promise<ServerUnderTest> {
	const dataFolder = mkdtempSync(join(tmpdir(), 'duress-bench-'));
	const { args, env } = serverCommand(['--addr', '127.0.0.1:0'], {
		...process.env,
		DURESS_MEDIA_HOST: '127.0.0.1',
		DURESS_MEDIA_PORT: '0',
		DURESS_ANNOUNCED_IPS: '127.0.0.1',
		DURESS_DATA_DIR: dataFolder,
		DURESS_NATIVE: native ? '1' : '0',
		DURESS_LOG_FORMAT: 'json',
	});
	const child = start(core, process.execPath, args, { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
	const lines: string[] = [];
	const ready = Promise.withResolvers<number>();
	const crashed = Promise.withResolvers<never>();
	crashed.promise.catch(() => {});
	let stopping = false;
	for (const stream of [child.stdout, child.stderr]) {
		if (stream === null) continue;
		createInterface({ input: stream }).on('line', (line) => {
			lines.push(line);
			if (lines.length > KEPT_LINES) lines.shift();
			const port = readPort(line);
			if (port !== undefined) ready.resolve(port);
		});
	}
	const fail = (why: string) => {
		const error = new Error(`Duress Server ${why}; it said last:\n${lines.join('\n')}`);
		ready.reject(error);
		if (!stopping) crashed.reject(error);
	};
	child.once('error', (error) => fail(`could not be started: ${error.message}`));
	child.once('exit', (code, signal) => {
		rmSync(dataFolder, { recursive: true, force: true });
		fail(`ended with ${signal ?? code}`);
	});
	const limit = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS / 1000} s`), READY_WITHIN_MS);
	const port = await ready.promise.finally(() => clearTimeout(limit));
	return {
		pid: child.pid ?? 0,
		url: `http://127.0.0.1:${port}`,
		say: () => {},
		onLine: undefined,
		crashed: crashed.promise,
		stop: () => {
			stopping = true;
			return end(child, () => child.kill('SIGTERM'));
		},
	};
}

function readPort(line: string): number | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return Value.Check(readyLine, value) ? value.port : undefined;
	} catch {
		return undefined;
	}
}
