import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runServer, startServer } from '../support/start-server.ts';

test('the server is ready to serve, and SIGTERM ends it with exit code 0', async () => {
	const server = await startServer();
	try {
		expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
		const ready = await fetch(`${server.url}/readyz`);
		expect(ready.status).toBe(200);
		expect(await ready.json()).toMatchObject({ status: 'ready', warnings: [] });
	} finally {
		await server.stop();
	}
	expect(server.logRecords().map(({ msg }) => msg)).toContain('stopped');
});

test.each([
	['1', /^the media path is (native|TypeScript alone: (it was not built|there is no C compiler))$/],
	['0', /^the media path is TypeScript alone: switched off by DURESS_NATIVE$/],
])('with DURESS_NATIVE=%s one line of the log says what the media path is', async (native, line) => {
	const server = await startServer({ env: { DURESS_NATIVE: native } });
	await server.stop();
	const messages = server.logRecords().map(({ msg }) => String(msg));
	expect(messages.filter((message) => message.startsWith('the media path'))).toEqual([expect.stringMatching(line)]);
});

test('SIGTERM ends a server whose log nobody reads any more', async () => {
	const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), '--addr', '127.0.0.1:0'], {
		env: { ...process.env, DURESS_MEDIA_PORT: '0' },
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const ended = once(child, 'exit');
	await once(child.stdout, 'data');
	child.stdout.destroy();
	child.kill('SIGTERM');
	expect(await ended).toEqual([0, null]);
});

test('production without TURN starts with a warning, in the log and in readyz, and its URLs say wss', async () => {
	const server = await startServer({ env: { ENVIRONMENT: 'PRODUCTION' } });
	try {
		const { warnings } = (await (await fetch(`${server.url}/readyz`)).json()) as { warnings: string[] };
		expect(warnings).toHaveLength(1);
		expect(warnings[0]).toContain('TURN');
		expect(server.log()).toContain(warnings[0]?.slice(0, 20));
		const help = await (await fetch(`${server.url}/duress/help`, { method: 'POST', body: new URLSearchParams({ name: 'Maria' }) })).json();
		expect(help).toMatchObject({ broadcasterWs: expect.stringMatching(/^wss:/), viewerWebsocketUrl: expect.stringMatching(/^wss:/) });
	} finally {
		await server.stop();
	}
});

test.each([
	[['--color'], {}, '--color'],
	[['--addr', 'nowhere'], {}, '--addr'],
	[['--cert', 'cert.pem'], {}, '--cert'],
	[[], { DURESS_MEDIA_PORT: '70000' }, 'DURESS_MEDIA_PORT'],
	[[], { DATABASE_URL: 'postgres://localhost/duress' }, 'DATABASE_URL'],
])('%j with %j ends with one line that names what is wrong, and exit code 1', async (flags, env, named) => {
	const { code, stdout, stderr } = await runServer(flags, env);
	expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
	expect(stderr.trim().split('\n')).toHaveLength(1);
	expect(stderr).toContain(named);
});

test('a port that is taken ends with one line and exit code 1, for HTTP and for media', async () => {
	const http = createServer();
	const media = createSocket('udp4');
	await Promise.all([
		new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve)),
		new Promise<void>((resolve) => media.bind(0, '127.0.0.1', resolve)),
	]);
	const address = http.address();
	const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
	const mediaEnv = { DURESS_MEDIA_HOST: '127.0.0.1', DURESS_MEDIA_PORT: String(media.address().port) };
	try {
		for (const [flags, env] of [
			[['--addr', `127.0.0.1:${port}`], { DURESS_MEDIA_PORT: '0' }],
			[['--addr', '127.0.0.1:0'], mediaEnv],
		] as const) {
			const { code, stderr } = await runServer(flags, env);
			expect(code).toBe(1);
			expect(stderr.trim().split('\n')).toHaveLength(1);
			expect(stderr).toContain('EADDRINUSE');
		}
	} finally {
		http.close();
		media.close();
	}
});
