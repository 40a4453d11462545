/** What the media path must hold to: ratios of medians of one run. docs/performance.md gives the reasons. */
import { churnGrowthBytes, type Report, type SteadySummary, summarize } from './report.ts';
import type { Contender } from './servers/server-under-test.ts';
import { median } from './statistics.ts';

export interface Bar {
	readonly what: string;
	/** NaN when it was not measured. */
	readonly value: number;
	readonly bound: number;
	readonly holds: 'yes' | 'no' | 'not measured';
}

type Rule = readonly [what: string, sense: 'at most' | 'at least' | 'below', bound: number, value: number];

/** Every bar, those that this run could not judge too. */
export function judgeBars(report: Report): readonly Bar[] {
	return rulesOf(report).map(([what, sense, bound, value]) => {
		const holds = sense === 'at most' ? value <= bound : sense === 'below' ? value < bound : value >= bound;
		return { what: `${what} ${sense} ${bound}`, value, bound, holds: Number.isNaN(value) ? 'not measured' : holds ? 'yes' : 'no' };
	});
}

function rulesOf(report: Report): readonly Rule[] {
	const of = (shape: string, contender: Contender, pick: (summary: SteadySummary) => number): number => {
		const rounds = report.steady.find((one) => one.shape.name === shape)?.rounds[contender];
		return rounds === undefined ? Number.NaN : pick(summarize(rounds));
	};
	const cpu = (summary: SteadySummary) => summary.cpuUsPerPacket;
	const p99 = (summary: SteadySummary) => summary.p99Ms;
	const rss = (summary: SteadySummary) => summary.rssBytes;
	const floor = median(report.steady.find((one) => one.shape.name === '1-200')?.floor.map((one) => one.bothUs) ?? []);
	// Ours may be more than was found. What Pion's may be must be known: where the load ended its search, any ratio would flatter us.
	const served = (contender: Contender) => median(report.saturation[contender]?.map((one) => one.viewers) ?? []);
	const pionIsKnown = report.saturation.pion?.every((one) => !one.endedByLoad && one.viewers > 0) === true;
	const storm = report.storm.duress ?? [];
	const churn = report.churn.duress ?? [];
	const pion200 = of('1-200', 'pion', cpu);
	return [
		['1-200: CPU per packet, native : Pion', 'at most', 0.45, of('1-200', 'duress', cpu) / pion200],
		['1-200: CPU per packet, TypeScript alone : Pion', 'at most', 1.3, of('1-200', 'typescript', cpu) / pion200],
		['1-200: CPU per packet, native : C floor', 'at most', 1.4, of('1-200', 'duress', cpu) / floor],
		['1-200: forward latency p99, native : Pion', 'at most', 0.5, of('1-200', 'duress', p99) / of('1-200', 'pion', p99)],
		['1-200: RSS, native : Pion', 'at most', 0.35, of('1-200', 'duress', rss) / of('1-200', 'pion', rss)],
		['50x3: CPU per packet, native : Pion', 'at most', 0.8, of('50x3', 'duress', cpu) / of('50x3', 'pion', cpu)],
		['CPU per packet, 1,000 viewers at 40/s : 200 at 200/s', 'at most', 1.1, of('1-1000', 'duress', cpu) / of('200x200', 'duress', cpu)],
		['one core: viewers served, native : Pion', 'at least', 2, pionIsKnown ? served('duress') / served('pion') : Number.NaN],
		['joins and leaves: growth of RSS in MB', 'below', 10, median(churn.map(churnGrowthBytes)) / 1e6],
		['join storm: ms until all 200 play', 'at most', 3000, median(storm.map((one) => one.allPlayingMs))],
		['join storm: forward latency p99 in ms of a live room', 'below', 50, median(storm.map((one) => one.liveP99Ms))],
	];
}
