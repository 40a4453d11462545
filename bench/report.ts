import type { FloorResult } from './floor/floor.ts';
import type { ChurnResult, SaturationResult, StormResult } from './procedures.ts';
import { type Contender, contenderNames } from './servers/server-under-test.ts';
import type { Shape } from './shapes.ts';
import { median, percentile } from './statistics.ts';
import type { SteadyResult } from './steady-run.ts';

/** Everything that one call of the bench measured: what the JSON file holds. */
export interface Report {
	readonly machine: {
		readonly processor: string;
		readonly cores: number;
		readonly kernel: string;
		readonly node: string;
		readonly pinned: boolean;
	};
	readonly seconds: number;
	readonly steady: { readonly shape: Shape; readonly rounds: Partial<Record<Contender, SteadyResult[]>>; readonly floor: FloorResult[] }[];
	readonly storm: Partial<Record<Contender, StormResult[]>>;
	readonly churn: Partial<Record<Contender, ChurnResult[]>>;
	readonly saturation: Partial<Record<Contender, SaturationResult[]>>;
}

/** Medians over the rounds. */
export interface SteadySummary {
	readonly cpuUsPerPacket: number;
	readonly packetsPerSecond: number;
	readonly loss: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
	readonly rssBytes: number;
	readonly joinP50Ms: number;
	readonly joinP95Ms: number;
	readonly loadShare: number;
	readonly clients: string;
}

export function summarize(rounds: readonly SteadyResult[]): SteadySummary {
	const middle = (pick: (round: SteadyResult) => number) => median(rounds.map(pick));
	return {
		cpuUsPerPacket: middle((round) => round.cpuUsPerPacket),
		packetsPerSecond: middle((round) => round.packetsPerSecond),
		loss: middle((round) => round.loss),
		p50Ms: middle((round) => round.p50Ms),
		p99Ms: middle((round) => round.p99Ms),
		rssBytes: middle((round) => round.serverRssBytes),
		joinP50Ms: middle((round) => percentile(round.joinMs, 0.5)),
		joinP95Ms: middle((round) => percentile(round.joinMs, 0.95)),
		loadShare: middle((round) => round.loadShare),
		clients: rounds[0]?.clients ?? '',
	};
}

/** Why rounds prove nothing, each with its place. */
export function faultsOf(report: Report): readonly string[] {
	return report.steady.flatMap(({ shape, rounds }) =>
		entriesOf(rounds).flatMap(([contender, results]) =>
			results.flatMap(({ faults }, index) =>
				faults.map((fault) => `${shape.name}, ${contenderNames[contender]}, round ${index + 1}: ${fault}`),
			),
		),
	);
}

/** The tables as Markdown, which reads well on a terminal too. */
export function tablesOf(report: Report): string {
	return [...steadyTable(report), ...stormTable(report), ...churnTable(report), ...saturationTable(report)].join('\n');
}

function steadyTable({ steady }: Report): readonly string[] {
	if (steady.length === 0) return [];
	const rows = steady.flatMap(({ shape, rounds, floor }) => {
		const own = rounds.duress === undefined ? undefined : summarize(rounds.duress);
		const servers = entriesOf(rounds).map(([contender, results]) => {
			const one = summarize(results);
			return [
				...[shape.name, contenderNames[contender], one.cpuUsPerPacket.toFixed(2), ratio(own?.cpuUsPerPacket, one.cpuUsPerPacket)],
				...[one.packetsPerSecond.toFixed(0), (one.loss * 100).toFixed(3), one.p50Ms.toFixed(2), one.p99Ms.toFixed(2)],
				...[megabytes(one.rssBytes), `${one.joinP50Ms.toFixed(0)} / ${one.joinP95Ms.toFixed(0)}`],
				`${(one.loadShare * 100).toFixed(0)} (${one.clients})`,
			];
		});
		const us = median(floor.map(({ bothUs }) => bothUs));
		const alone = (pick: (result: FloorResult) => number) => median(floor.map(pick)).toFixed(2);
		const limit = `${contenderNames.floor} (${alone((one) => one.sendtoUs)} and ${alone((one) => one.gcmUs)} alone)`;
		return floor.length === 0 ? servers : [...servers, [shape.name, limit, us.toFixed(2), ratio(own?.cpuUsPerPacket, us), ...'–––––––']];
	});
	const titles = ['shape', 'server', 'µs/packet', 'ours : it', 'packets/s', 'loss %', 'p50 ms', 'p99 ms', 'RSS MB', 'join ms p50 / p95'];
	return [...table([...titles, 'load core %'], rows), ''];
}

function stormTable({ storm }: Report): readonly string[] {
	const rows = entriesOf(storm).map(([contender, results]) => [
		contenderNames[contender],
		...[median(results.map((one) => one.allPlayingMs)).toFixed(0), median(results.map((one) => one.joinP50Ms)).toFixed(0)],
		...[median(results.map((one) => one.liveP99Ms)).toFixed(1), (median(results.map((one) => one.liveLoss)) * 100).toFixed(3)],
	]);
	if (rows.length === 0) return [];
	const titles = ['join storm of 200', 'all play after ms', 'half of them after ms', 'p99 ms of another room', 'its loss %'];
	return [...table(titles, rows), ''];
}

function churnTable({ churn }: Report): readonly string[] {
	const rows = entriesOf(churn).map(([contender, results]) => [
		`${results[0]?.count} on ${contenderNames[contender]}`,
		...[megabytes(median(results.map((one) => one.freshBytes))), megabytes(median(results.map((one) => one.beforeBytes)))],
		...[megabytes(median(results.map((one) => one.afterBytes))), megabytes(median(results.map(churnGrowthBytes)))],
		...[median(results.map((one) => one.seconds)).toFixed(0)],
	]);
	if (rows.length === 0) return [];
	return [...table(['joins and leaves', 'RSS MB fresh', 'after the first 2,000', 'after all', 'growth MB', 'seconds'], rows), ''];
}

function saturationTable({ saturation }: Report): readonly string[] {
	const rows = entriesOf(saturation).map(([contender, results]) => {
		const ended = results.some((one) => one.endedByLoad);
		return [contenderNames[contender], `${ended ? 'at least ' : ''}${median(results.map((one) => one.viewers))}`];
	});
	if (rows.length === 0) return [];
	return [...table(['one core, 250 packets/s to each', 'viewers with < 0.1 % loss and p99 < 100 ms'], rows), ''];
}

export function churnGrowthBytes(result: ChurnResult): number {
	return result.afterBytes - result.beforeBytes;
}

function ratio(own: number | undefined, other: number): string {
	return own === undefined ? '–' : (own / other).toFixed(2);
}

function megabytes(bytes: number): string {
	return (bytes / 1e6).toFixed(1);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
	const widths = titles.map((title, column) => Math.max(3, title.length, ...rows.map((row) => (row[column] ?? '').length)));
	const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	return [line(titles), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/** In the order in which they were first measured. */
export function entriesOf<Value>(record: Partial<Record<Contender, Value>>): readonly (readonly [Contender, Value])[] {
	const order: readonly Contender[] = ['duress', 'typescript', 'pion', 'pion-bare'];
	return order.flatMap((contender) => {
		const value = record[contender];
		return value === undefined ? [] : [[contender, value] as const];
	});
}
