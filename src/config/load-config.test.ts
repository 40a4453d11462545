import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { renderConfigTable, renderHelp } from './config-help.ts';
import { parseListenAddress } from './listen-address.ts';
import { type ConfigSources, loadConfig } from './load-config.ts';
import { parsePublicUrl } from './public-url.ts';
import { listSettings } from './settings.ts';
import { parseTrustedProxies } from './trusted-proxies.ts';

/** Loads with these files and no others. */
function load(sources: Partial<ConfigSources> & { readonly files?: Record<string, string> } = {}) {
	const { files = {}, argv = [], env = {} } = sources;
	const readFile = (path: string): string => {
		const text = files[path];
		if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
		return text;
	};
	return loadConfig({ argv, env, readFile });
}

function configOf(...args: Parameters<typeof load>) {
	const loaded = load(...args);
	if (loaded.outcome !== 'config') throw new Error(JSON.stringify(loaded));
	return loaded.config;
}

test('without any setting there are defaults', () => {
	const { trustedProxies, ...config } = configOf();
	expect(config.media.workers).toBe(Math.max(1, availableParallelism() - 1));
	expect(config).toEqual({
		listen: { host: undefined, port: 8080 },
		tls: undefined,
		production: false,
		publicUrl: undefined,
		media: {
			host: '::',
			port: 40_000,
			workers: config.media.workers,
			spreadAt: 250,
			announcedIps: undefined,
			keyframeIntervalMs: 3_000,
			srtpProfiles: undefined,
			native: true,
		},
		dataDir: './data',
		log: { level: 'info', format: 'auto' },
	});
	expect(trustedProxies('127.0.0.1')).toBe(false);
});

test('every variable is taken', () => {
	const config = configOf({
		env: {
			PORT: '9000',
			ENVIRONMENT: 'PRODUCTION',
			DURESS_PUBLIC_URL: 'https://help.example.org',
			DURESS_TRUST_PROXY: '10.0.0.0/8, ::1',
			DURESS_MEDIA_HOST: '0.0.0.0',
			DURESS_MEDIA_PORT: '0',
			DURESS_ANNOUNCED_IPS: '192.0.2.7, 2001:db8::7',
			DURESS_DATA_DIR: '/var/lib/duress',
			DURESS_KEYFRAME_INTERVAL_MS: '0',
			DURESS_SRTP_PROFILES: 'AEAD_AES_128_GCM',
			DURESS_NATIVE: '0',
			DURESS_LOG_LEVEL: 'warn',
			DURESS_LOG_FORMAT: 'json',
		},
	});
	expect(config).toMatchObject({
		listen: { host: undefined, port: 9000 },
		production: true,
		publicUrl: { secure: true, host: 'help.example.org' },
		media: {
			host: '0.0.0.0',
			port: 0,
			announcedIps: ['192.0.2.7', '2001:db8::7'],
			keyframeIntervalMs: 0,
			srtpProfiles: ['AEAD_AES_128_GCM'],
			native: false,
		},
		dataDir: '/var/lib/duress',
		log: { level: 'warn', format: 'json' },
	});
	expect(config.trustedProxies('10.1.2.3')).toBe(true);
});

test('an empty variable counts as not set', () => {
	expect(configOf({ env: { PORT: '', DURESS_MEDIA_PORT: ' ', DATABASE_URL: '' } }).listen.port).toBe(8080);
});

describe('flags win over variables, variables over the file', () => {
	const files = { 'duress.config.json': '{"addr":"127.0.0.1:1111","mediaPort":1111,"logLevel":"error","port":1112}' };

	test('for one setting from all three', () => {
		expect(configOf({ files }).listen).toEqual({ host: '127.0.0.1', port: 1111 });
		expect(configOf({ files, env: { PORT: '2222' } }).listen).toEqual({ host: undefined, port: 2222 });
		expect(configOf({ files, env: { PORT: '2222' }, argv: ['--addr', ':3333'] }).listen).toEqual({ host: undefined, port: 3333 });
	});

	test('for settings from different ones', () => {
		const config = configOf({ files, env: { DURESS_MEDIA_PORT: '2222' } });
		expect([config.media.port, config.log.level]).toEqual([2222, 'error']);
	});

	test('and a file can be named', () => {
		expect(configOf({ files: { 'my.json': '{"dataDir":"/d"}' }, argv: ['--config', 'my.json'] }).dataDir).toBe('/d');
	});
});

test.each([
	[['--addr', ':8081'], { host: undefined, port: 8081 }],
	[['--addr=127.0.0.1:0'], { host: '127.0.0.1', port: 0 }],
	[['-addr', '[::1]:80'], { host: '::1', port: 80 }],
	[['--addr', ':1', '--addr', 'localhost:2'], { host: 'localhost', port: 2 }],
])('%o listens there', (argv, listen) => {
	expect(configOf({ argv }).listen).toEqual(listen);
});

test.each<[Parameters<typeof load>[0], RegExp]>([
	[{ argv: ['--bogus'] }, /^--bogus: unknown flag/],
	[{ argv: ['--addr'] }, /^--addr: needs a value$/],
	[{ argv: ['--addr='] }, /^--addr: needs a value$/],
	[{ argv: ['--addr', '8080'] }, /^--addr: "8080" is not HOST:PORT$/],
	[{ argv: ['--addr', ':70000'] }, /^--addr: /],
	[{ argv: ['serve'] }, /^unexpected argument: serve$/],
	[{ argv: ['--cert', 'c.pem'] }, /^--cert: needs --key too$/],
	[{ argv: ['--key', 'k.pem'] }, /^--key: needs --cert too$/],
	[{ argv: ['--cert', 'c.pem', '--key', 'k.pem'] }, /^--cert: c\.pem cannot be read \(ENOENT\)$/],
	[{ argv: ['--cert', 'c', '--key', 'k'], files: { c: 'x', k: 'y' } }, /^--cert: .*not a PEM certificate/],
	[{ argv: ['--config', 'none.json'] }, /^--config: none\.json: cannot be read \(ENOENT\)$/],
	[{ argv: ['--config', 'f'], files: { f: '{' } }, /^f: is not JSON$/],
	[{ argv: ['--config', 'f'], files: { f: '[]' } }, /^f: is not a JSON object$/],
	[{ argv: ['--config', 'f'], files: { f: '{"prot":1}' } }, /^f: prot: unknown setting$/],
	[{ argv: ['--config', 'f'], files: { f: '{"port":true}' } }, /^f: port: must be text or a number$/],
	[{ argv: ['--config', 'f'], files: { f: '{"port":"80"}' } }, /^f: port: "80" is not valid \(a whole number from 0 to 65535\)$/],
	[{ env: { PORT: 'http' } }, /^PORT: "http" is not valid \(a whole number from 0 to 65535\)$/],
	[{ env: { PORT: '-1' } }, /^PORT: -1 is not valid/],
	[{ env: { DURESS_MEDIA_PORT: '1.5' } }, /^DURESS_MEDIA_PORT: "1.5" is not valid/],
	[{ env: { DURESS_MEDIA_HOST: 'localhost' } }, /^DURESS_MEDIA_HOST: "localhost" is not an IP address$/],
	[{ env: { DURESS_ANNOUNCED_IPS: '192.0.2.7,example.org' } }, /^DURESS_ANNOUNCED_IPS: /],
	[{ env: { DURESS_PUBLIC_URL: 'help.example.org' } }, /^DURESS_PUBLIC_URL: .* is not a scheme and host/],
	[{ env: { DURESS_TRUST_PROXY: 'nginx' } }, /^DURESS_TRUST_PROXY: "nginx" is not a comma list/],
	[{ env: { DURESS_SRTP_PROFILES: 'NULL' } }, /^DURESS_SRTP_PROFILES: "NULL" is not a comma list of AES128/],
	[{ env: { DURESS_LOG_LEVEL: 'loud' } }, /^DURESS_LOG_LEVEL: "loud" is not valid \(one of trace, /],
	[{ env: { DATABASE_URL: 'postgres://x' } }, /^DATABASE_URL: this version has no PostgreSQL engine/],
])('%o is one line that names what is wrong', (sources, expected) => {
	const loaded = load(sources);
	expect(loaded).toMatchObject({ outcome: 'error', message: expect.stringMatching(expected) });
	expect(JSON.stringify(loaded)).not.toContain('\\n');
});

test('--help wins over what is wrong elsewhere, and names every flag and variable', () => {
	const loaded = load({ argv: ['--help'], env: { DATABASE_URL: 'postgres://x' } });
	expect(loaded).toEqual({ outcome: 'help', text: renderHelp() });
	for (const { flag, env } of listSettings()) expect(renderHelp()).toContain(flag ?? env);
});

test('the table in the documentation is the one that the schema gives', () => {
	const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
	expect(page).toContain(renderConfigTable().trim());
});

test.each([
	['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
	[':8080', { host: undefined, port: 8080 }],
	['[::]:8080', { host: '::', port: 8080 }],
	['[]:80', undefined],
	['::1:80', undefined],
	['a b:80', undefined],
	[':', undefined],
	['host:', undefined],
	[':80x', undefined],
])('the listen address %s is %o', (text, address) => {
	expect(parseListenAddress(text)).toEqual(address);
});

test.each([
	['https://Help.Example.org', { secure: true, host: 'help.example.org' }],
	['http://10.0.0.1:8080/', { secure: false, host: '10.0.0.1:8080' }],
	['wss://[2001:db8::1]', { secure: true, host: '[2001:db8::1]' }],
	['https://a.example:443', { secure: true, host: 'a.example' }],
	['ftp://a.example', undefined],
	['https://a.example/path', undefined],
	['https://u:p@a.example', undefined],
	['https://', undefined],
])('the public URL %s is %o', (text, url) => {
	expect(parsePublicUrl(text)).toEqual(url);
});

test.each([
	['10.0.0.0/8', '10.255.0.1', true],
	['10.0.0.0/8', '::ffff:10.255.0.1', true],
	['10.0.0.0/8', '11.0.0.1', false],
	['2001:db8::/32, 192.0.2.1', '2001:db8:1::1', true],
	['2001:db8::/32, 192.0.2.1', '192.0.2.1', true],
	['2001:db8::/32, 192.0.2.1', undefined, false],
	['TRUE', 'anything', true],
])('with proxies %s, %s is trusted: %s', (text, address, trusted) => {
	expect(parseTrustedProxies(text)?.(address)).toBe(trusted);
});

test.each(['', 'x', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '::/129', '1', '10.0.0.1,,10.0.0.2'])('%j names no proxies', (text) => {
	expect(parseTrustedProxies(text)).toBeUndefined();
});
