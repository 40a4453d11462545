import { afterEach, describe, expect, test } from 'vitest';
import { parseTrustedProxies } from '../../src/config/trusted-proxies.ts';
import { sendRaw } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

afterEach(stopApps);

type Settings = Parameters<typeof startApp>[0];

/** The origin of the URLs in the answer to a request with these header lines. */
async function originFor(settings: Settings, ...headers: string[]): Promise<string> {
	const { port } = await startApp(settings);
	const body = '{"name":"Maria"}';
	const lines = ['POST /duress/help HTTP/1.1', 'Content-Type: application/json', `Content-Length: ${body.length}`, ...headers];
	const answer = await sendRaw(port, `${lines.join('\r\n')}\r\n\r\n${body}`, '}');
	const [, origin = 'none'] = /"broadcasterWs":"(.*?)\/duress\//.exec(answer) ?? [];
	return origin.replace(`127.0.0.1:${port}`, 'ADDRESS');
}

const config = (part: NonNullable<NonNullable<Settings>['config']>): Settings => ({ config: part });
const trusting = (text: string): Settings => {
	const trustedProxies = parseTrustedProxies(text);
	if (trustedProxies === undefined) throw new Error('not a list');
	return { config: { trustedProxies } };
};

describe('the URLs in answers', () => {
	test.each([
		['Help.Example.ORG', 'ws://help.example.org'],
		['help.example.org:8443', 'ws://help.example.org:8443'],
		['[2001:DB8::1]:8080', 'ws://[2001:db8::1]:8080'],
		['under_score.local', 'ws://under_score.local'],
	])('follow the Host header %s', async (host, origin) => {
		expect(await originFor({}, `Host: ${host}`)).toBe(origin);
	});

	test.each(['evil"><script>', 'a b', 'a/b', 'user@host', 'a\\b', '', 'host:port', 'a'.repeat(300), 'ü.example', '-x', 'x:123456'])(
		'never follow the Host header %j: they name the address that was reached',
		async (host) => {
			expect(await originFor({}, `Host: ${host}`)).toBe('ws://ADDRESS');
		},
	);

	test('name the address that was reached where there is no Host header', async () => {
		expect(await originFor({})).toBe('ws://ADDRESS');
	});

	test('say wss in production', async () => {
		expect(await originFor(config({ production: true }), 'Host: a.example')).toBe('wss://a.example');
	});

	test('are those of the public URL where one is set', async () => {
		const settings = config({ publicUrl: { secure: true, host: 'public.example' } });
		expect(await originFor(settings, 'Host: a.example')).toBe('wss://public.example');
		const plain = config({ production: true, publicUrl: { secure: false, host: 'public.example:81' } });
		expect(await originFor(plain, 'Host: a.example')).toBe('ws://public.example:81');
	});

	const forwarded = ['Host: inner', 'X-Forwarded-Host: Outer.example', 'X-Forwarded-Proto: https'];

	test('ignore X-Forwarded headers of anybody', async () => {
		expect(await originFor({}, ...forwarded)).toBe('ws://inner');
		expect(await originFor(trusting('10.0.0.0/8, 2001:db8::/32'), ...forwarded)).toBe('ws://inner');
	});

	test('believe X-Forwarded headers of a trusted proxy', async () => {
		expect(await originFor(trusting('127.0.0.0/8'), ...forwarded)).toBe('wss://outer.example');
		expect(await originFor(trusting('127.0.0.1'), 'Host: inner', 'X-Forwarded-Host: ev"il')).toBe('ws://ADDRESS');
	});
});

test('rates count the address that a trusted proxy names, and nobody else may name one', async () => {
	const suspects = async (settings: Settings): Promise<number> => {
		const { base } = await startApp(settings);
		let count = 0;
		for (let i = 0; i < 35; i++) {
			const headers = { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${i}` };
			const response = await fetch(`${base}/duress/help`, { method: 'POST', headers, body: '{"name":"Maria"}' });
			if ((await response.text()).includes('"suspect":true')) count++;
		}
		return count;
	};
	expect(await suspects(trusting('127.0.0.1'))).toBe(0);
	expect(await suspects({})).toBe(5);
});
