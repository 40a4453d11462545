/**
 * Gathers the raw settings: file < environment < flags. Every problem is one line that names the flag, the variable or the key.
 */
import { Value } from 'typebox/value';
import { listSettings, type SettingInfo } from './settings.ts';

/** A setting's value and what to call it in an error. */
export interface RawSetting {
	readonly value: string | number;
	readonly origin: string;
}

export type RawSettings = Map<string, RawSetting>;

/** A problem for people, in one line. */
export class SettingError extends Error {
	override readonly name = 'SettingError';
}

/** Flags of the loader itself, beside those of settings. */
export interface CommandLine {
	readonly settings: RawSettings;
	readonly configFile: string | undefined;
	readonly help: boolean;
}

/** Reads `--flag value`, `--flag=value` and both with a single dash. */
export function readFlags(argv: readonly string[]): CommandLine {
	const byFlag = new Map(listSettings().flatMap((info) => (info.flag === undefined ? [] : [[info.flag, info] as const])));
	const settings: RawSettings = new Map();
	let configFile: string | undefined;
	let help = false;
	const rest = [...argv];
	for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
		if (!item.startsWith('-')) throw new SettingError(`unexpected argument: ${item}`);
		const equals = item.indexOf('=');
		const flag = `--${(equals === -1 ? item : item.slice(0, equals)).replace(/^--?/, '')}`;
		if (flag === '--help' || flag === '--h') {
			help = true;
			continue;
		}
		const info = byFlag.get(flag);
		if (info === undefined && flag !== '--config') throw new SettingError(`${flag}: unknown flag (--help lists all)`);
		const value = equals === -1 ? rest.shift() : item.slice(equals + 1);
		if (value === undefined || value === '') throw new SettingError(`${flag}: needs a value`);
		if (info === undefined) configFile = value;
		else settings.set(info.key, { value: typed(info, value), origin: flag });
	}
	return { settings, configFile, help };
}

/** Reads the variables. An empty one counts as not set. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): RawSettings {
	const settings: RawSettings = new Map();
	for (const info of listSettings()) {
		const value = info.env === undefined ? undefined : env[info.env]?.trim();
		if (info.env !== undefined && value) settings.set(info.key, { value: typed(info, value), origin: info.env });
	}
	return settings;
}

/** Reads the text of a configuration file: one JSON object. */
export function readConfigText(path: string, text: string): RawSettings {
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		throw new SettingError(`${path}: is not JSON`);
	}
	if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new SettingError(`${path}: is not a JSON object`);
	const byKey = new Map(listSettings().map((info) => [info.key, info]));
	const settings: RawSettings = new Map();
	for (const [key, value] of Object.entries(content)) {
		const info = byKey.get(key);
		const origin = `${path}: ${key}`;
		if (info === undefined) throw new SettingError(`${origin}: unknown setting`);
		if (typeof value !== 'string' && typeof value !== 'number') throw new SettingError(`${origin}: must be text or a number`);
		settings.set(key, { value, origin });
	}
	return settings;
}

/** Checks each value against its own schema. */
export function checkSettings(settings: RawSettings): void {
	for (const info of listSettings()) {
		const raw = settings.get(info.key);
		if (raw !== undefined && !Value.Check(info.schema, raw.value)) {
			throw new SettingError(`${raw.origin}: ${JSON.stringify(raw.value)} is not valid (${expected(info)})`);
		}
	}
}

function typed(info: SettingInfo, text: string): string | number {
	return info.integer && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function expected(info: SettingInfo): string {
	const choices: unknown = Reflect.get(info.schema, 'enum');
	if (Array.isArray(choices)) return `one of ${choices.join(', ')}`;
	if (!info.integer) return 'text';
	return `a whole number from ${Reflect.get(info.schema, 'minimum')} to ${Reflect.get(info.schema, 'maximum')}`;
}
