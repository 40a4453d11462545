import { listSettings } from './settings.ts';

/** The text of `--help`. */
export function renderHelp(): string {
	const settings = listSettings();
	const rows = [
		...settings.filter((info) => info.flag !== undefined).map((info) => [`${info.flag} ${info.argument}`, info] as const),
		...settings.filter((info) => info.env !== undefined).map((info) => [info.env ?? '', info] as const),
	];
	const extra = [
		['--config FILE', 'A JSON file of settings. Default: duress.config.json in the working folder, if it is there.'],
		['--help', 'This text.'],
	];
	const described = [...rows.map(([name, info]) => [name, `${info.description} Default: ${info.fallback}.`]), ...extra];
	const width = Math.max(...described.map(([name = '']) => name.length)) + 2;
	const lines = described.map(([name = '', text = '']) => `  ${name.padEnd(width)}${text.replaceAll('`', '')}`);
	return [
		'Usage: npm start -- [flags]',
		'',
		'Flags and environment variables (flags win, then variables, then the file):',
		...lines,
		'',
	].join('\n');
}

/** The Markdown table of all settings, as `docs/configuration.md` holds it. */
export function renderConfigTable(): string {
	const code = (text: string | undefined): string => (text === undefined ? '–' : `\`${text}\``);
	const rows = listSettings().map(
		(info) => `| ${code(info.flag)} | ${code(info.env)} | ${code(info.key)} | ${info.fallback} | ${info.description} |`,
	);
	return ['| flag | variable | key in the file | default | meaning |', '|---|---|---|---|---|', ...rows, ''].join('\n');
}
