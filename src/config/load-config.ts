import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { createSecureContext } from 'node:tls';
import { Value } from 'typebox/value';
import { type Config, srtpProfileNames } from './config.ts';
import { renderHelp } from './config-help.ts';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';
import { parsePublicUrl } from './public-url.ts';
import { checkSettings, type RawSettings, readConfigText, readEnvironment, readFlags, SettingError } from './read-settings.ts';
import { type Settings, SettingsSchema } from './settings.ts';
import { parseTrustedProxies, trustNobody } from './trusted-proxies.ts';

/** Read from the working folder when it is there and `--config` names no other. */
export const CONFIG_FILE = 'duress.config.json';

const DEFAULT_PORT = 8080;
const LAST_PORT = 65_535;

export interface ConfigSources {
	/** The arguments after the program's own. */
	readonly argv: readonly string[];
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The text of a file; throws when it cannot be read. */
	readonly readFile?: (path: string) => string;
}

export type LoadedConfig =
	| { readonly outcome: 'config'; readonly config: Config }
	| { readonly outcome: 'help'; readonly text: string }
	/** One line that names the flag, variable or key at fault. */
	| { readonly outcome: 'error'; readonly message: string };

/** Puts the configuration together: defaults < file < environment < flags. Never throws for what a person wrote wrong. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
	const readFile = sources.readFile ?? ((path) => readFileSync(path, 'utf8'));
	try {
		const commandLine = readFlags(sources.argv);
		if (commandLine.help) return { outcome: 'help', text: renderHelp() };
		refuseDatabase(sources.env);
		const raw: RawSettings = new Map([
			...readConfigFile(commandLine.configFile, readFile),
			...readEnvironment(sources.env),
			...commandLine.settings,
		]);
		checkSettings(raw);
		return { outcome: 'config', config: resolve(raw, readFile) };
	} catch (error) {
		if (error instanceof SettingError) return { outcome: 'error', message: error.message };
		throw error;
	}
}

/** A registry that silently forgot everything at a restart would be worse than no start. */
function refuseDatabase(env: ConfigSources['env']): void {
	if (env.DATABASE_URL) throw new SettingError('DATABASE_URL: this version has no PostgreSQL engine; unset it to keep requests in memory');
}

function readConfigFile(named: string | undefined, readFile: (path: string) => string): RawSettings {
	const path = named ?? CONFIG_FILE;
	let text: string;
	try {
		text = readFile(path);
	} catch (error) {
		if (named === undefined && codeOf(error) === 'ENOENT') return new Map();
		throw new SettingError(`${named === undefined ? path : `--config: ${path}`}: cannot be read (${codeOf(error)})`);
	}
	return readConfigText(path, text);
}

function resolve(raw: RawSettings, readFile: (path: string) => string): Config {
	const given: unknown = Object.fromEntries([...raw].map(([key, { value }]) => [key, value]));
	const settings: Settings = Value.Parse(SettingsSchema, Value.Default(SettingsSchema, given));
	const refuse = (key: keyof Settings, problem: string): never => {
		throw new SettingError(`${raw.get(key)?.origin ?? key}: ${problem}`);
	};
	const parsed = <T>(key: keyof Settings, text: string, parse: (text: string) => T | undefined, expected: string): T =>
		parse(text) ?? refuse(key, `${JSON.stringify(text)} is not ${expected}`);
	const workers = settings.mediaWorkers ?? Math.max(1, availableParallelism() - 1);
	if (settings.mediaPort > 0 && settings.mediaPort + workers - 1 > LAST_PORT) {
		refuse('mediaPort', `${workers} media workers need as many ports from ${settings.mediaPort} on, and ${LAST_PORT} is the last there is`);
	}
	return {
		listen: listenAddress(settings, raw, (text) => parsed('addr', text, parseListenAddress, 'HOST:PORT')),
		tls: readTls(settings, readFile, refuse),
		production: settings.environment?.toUpperCase() === 'PRODUCTION',
		publicUrl:
			settings.publicUrl === undefined
				? undefined
				: parsed('publicUrl', settings.publicUrl, parsePublicUrl, 'a scheme and host such as https://help.example.org'),
		trustedProxies:
			settings.trustProxy === undefined
				? trustNobody
				: parsed('trustProxy', settings.trustProxy, parseTrustedProxies, 'a comma list of addresses and CIDR ranges'),
		media: {
			host: parsed('mediaHost', settings.mediaHost, (text) => (isIP(text) === 0 ? undefined : text), 'an IP address'),
			port: settings.mediaPort,
			workers,
			spreadAt: settings.roomSpread,
			announcedIps:
				settings.announcedIps === undefined
					? undefined
					: parsed('announcedIps', settings.announcedIps, parseAddressList, 'a comma list of IP addresses'),
			keyframeIntervalMs: settings.keyframeIntervalMs,
			srtpProfiles:
				settings.srtpProfiles === undefined
					? undefined
					: parsed('srtpProfiles', settings.srtpProfiles, parseSrtpProfiles, `a comma list of ${srtpProfileNames.join(' and ')}`),
			native: settings.native === 1,
		},
		dataDir: settings.dataDir,
		log: { level: settings.logLevel, format: settings.logFormat },
	};
}

/** `--addr` wins over `PORT`, unless `PORT` comes from a stronger source than an `addr` in the file. */
function listenAddress(settings: Settings, raw: RawSettings, parse: (text: string) => ListenAddress): ListenAddress {
	const addrFromFlag = raw.get('addr')?.origin === '--addr';
	const portFromEnv = raw.get('port')?.origin === 'PORT';
	if (settings.addr !== undefined && (addrFromFlag || !portFromEnv)) return parse(settings.addr);
	return { host: undefined, port: settings.port ?? DEFAULT_PORT };
}

function readTls(
	settings: Settings,
	readFile: (path: string) => string,
	refuse: (key: keyof Settings, problem: string) => never,
): Config['tls'] {
	if (settings.cert === undefined && settings.key === undefined) return undefined;
	if (settings.key === undefined) return refuse('cert', 'needs --key too');
	if (settings.cert === undefined) return refuse('key', 'needs --cert too');
	const pem = (key: 'cert' | 'key', path: string): string => {
		try {
			return readFile(path);
		} catch (error) {
			return refuse(key, `${path} cannot be read (${codeOf(error)})`);
		}
	};
	const pair = { cert: pem('cert', settings.cert), key: pem('key', settings.key) };
	try {
		createSecureContext(pair);
	} catch {
		return refuse('cert', 'this file and that of --key are not a PEM certificate and its private key');
	}
	return pair;
}

function parseAddressList(text: string): readonly string[] | undefined {
	const addresses = text.split(',').map((part) => part.trim());
	return addresses.every((address) => isIP(address) !== 0) ? addresses : undefined;
}

function parseSrtpProfiles(text: string): Config['media']['srtpProfiles'] | undefined {
	const profiles = text.split(',').map((part) => srtpProfileNames.find((name) => name === part.trim()));
	const known = profiles.filter((profile) => profile !== undefined);
	return known.length === profiles.length ? known : undefined;
}

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
