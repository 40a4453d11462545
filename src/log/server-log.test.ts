import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { safeError } from './safe-error.ts';
import { createServerLog } from './server-log.ts';

function linesOf(write: (logger: ReturnType<typeof createServerLog>['logger']) => void): Record<string, unknown>[] {
	const lines: string[] = [];
	write(createServerLog({ level: 'info', format: 'json', stream: { write: (line) => lines.push(line) } }).logger);
	return lines.map((line) => JSON.parse(line));
}

test('a line is JSON with a level and a time, and names no host', () => {
	const [line, ...more] = linesOf((logger) => {
		logger.info({ rooms: 2 }, 'ready');
		logger.debug('not at this level');
	});
	expect(more).toEqual([]);
	expect(line).toEqual({ level: 30, time: expect.any(Number), rooms: 2, msg: 'ready' });
});

test('an error is logged without its message, which may quote a name or an address', () => {
	const error = Object.assign(new TypeError('connect 192.0.2.7 for Maria\n    at Maria (file.ts:1:1) hidden'), { code: 'ECONNREFUSED' });
	const [line] = linesOf((logger) => logger.error({ err: error }, 'failed'));
	expect(line).toMatchObject({ msg: 'failed', err: { type: 'TypeError', code: 'ECONNREFUSED' } });
	expect(JSON.stringify(line)).not.toMatch(/192\.0\.2\.7|Maria/);
	expect(safeError(error).frames[0]).toMatch(/server-log\.test\.ts/);
	expect(safeError('Maria')).toEqual({ type: 'string', frames: [] });
});

test('lines that wait are written when the process ends, also by an exception', () => {
	const module = new URL('./server-log.ts', import.meta.url).href;
	for (const end of ['', 'process.exit(0);', 'throw new Error("x");']) {
		const script = `import { createServerLog } from '${module}';
			createServerLog({ level: 'info', format: 'json' }).logger.info('last words');
			await new Promise((resolve) => setImmediate(resolve));
			${end}`;
		const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
		expect(stdout).toContain('"msg":"last words"');
	}
});

test('on request lines are for people', () => {
	const module = new URL('./server-log.ts', import.meta.url).href;
	const script = `import { createServerLog } from '${module}'; createServerLog({ level: 'info', format: 'pretty' }).logger.info('hello');`;
	const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
	expect(stdout).toMatch(/INFO.*hello/);
});
