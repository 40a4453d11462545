import { expect, test } from 'vitest';
import { judgeBars } from './bars.ts';
import { plotOf } from './plot.ts';
import { faultsOf, type Report, tablesOf } from './report.ts';
import type { SteadyResult } from './steady-run.ts';

/** One round with these figures; the others do not matter here. */
function round(figures: Partial<SteadyResult>): SteadyResult {
	return {
		...{ sent: 100, expected: 100, received: 100, unexplained: 0, viewers: 1, p50Ms: 1, p99Ms: 2, maxMs: 3, samples: 9, seconds: 1 },
		...{
			serverCpuSeconds: 1,
			serverRssBytes: 100e6,
			loadShare: 0.5,
			loadProcessShare: 0.4,
			drained: true,
			cpuUsPerPacket: 5,
			packetsPerSecond: 100,
			loss: 0,
			joinMs: [10],
		},
		...{ clients: 'sink', faults: [], ...figures },
	};
}

function reportOf(parts: Partial<Report>): Report {
	const machine = { processor: 'none', cores: 2, kernel: '6', node: 'v24', pinned: true };
	return { machine, seconds: 1, steady: [], storm: {}, churn: {}, saturation: {}, ...parts };
}

function shape(name: string, viewers = 200) {
	return { name, rooms: 1, viewers, pps: 250, size: 1100 };
}

function verdictOn(report: Report, text: string) {
	return judgeBars(report).find((bar) => bar.what.includes(text))?.holds;
}

test('bars are judged by the medians of the rounds, and each that was not measured says so', () => {
	const own = [round({ cpuUsPerPacket: 4 }), round({ cpuUsPerPacket: 4.4 }), round({ cpuUsPerPacket: 40 })];
	const steady = [{ shape: shape('1-200'), rounds: { duress: own, pion: [round({ cpuUsPerPacket: 10 })] }, floor: [] }];
	const report = reportOf({ steady });
	expect(verdictOn(report, 'native : Pion at most 0.45')).toBe('yes');
	expect(verdictOn(report, 'RSS, native : Pion')).toBe('no');
	expect(verdictOn(report, 'C floor')).toBe('not measured');
	expect(judgeBars(reportOf({})).every((bar) => bar.holds === 'not measured')).toBe(true);
});

test('a search for the most viewers of Pion that the load ended proves nothing about Pion', () => {
	const found = (viewers: number, endedByLoad: boolean) => [{ viewers, endedByLoad, tried: [] }];
	const bar = 'viewers served';
	expect(verdictOn(reportOf({ saturation: { duress: found(500, true), pion: found(200, false) } }), bar)).toBe('yes');
	expect(verdictOn(reportOf({ saturation: { duress: found(300, false), pion: found(200, false) } }), bar)).toBe('no');
	expect(verdictOn(reportOf({ saturation: { duress: found(500, false), pion: found(200, true) } }), bar)).toBe('not measured');
	expect(verdictOn(reportOf({ saturation: { duress: found(500, false), pion: found(0, false) } }), bar)).toBe('not measured');
});

test('tables show medians and ratios, and faults name their round', () => {
	const pion = [round({ cpuUsPerPacket: 10 }), round({ cpuUsPerPacket: 10, faults: ['nothing came'] })];
	const floor = [{ sendtoUs: 3, gcmUs: 1, bothUs: 4 }];
	const report = reportOf({ steady: [{ shape: shape('1-200'), rounds: { duress: [round({})], pion }, floor }] });
	const table = tablesOf(report);
	expect(table).toMatch(/\| Duress Server +\| 5\.00 +\| 1\.00 /);
	expect(table).toMatch(/\| Pion +\| 10\.00 +\| 0\.50 /);
	expect(table).toMatch(/\| C: sendto .* \| 4\.00 +\| 1\.25 /);
	expect(faultsOf(report)).toEqual(['1-200, Pion, round 2: nothing came']);
});

test('the plot has a line for each server, and none is drawn of nothing', () => {
	const steady = [5, 50].map((viewers) => ({
		...{ shape: shape(`curve-${viewers}`, viewers), rounds: { duress: [round({})], pion: [round({ cpuUsPerPacket: 12 })] }, floor: [] },
	}));
	const svg = plotOf(reportOf({ steady }));
	expect(svg.match(/<polyline/g)).toHaveLength(2);
	expect(svg).not.toContain('NaN');
	expect(() => plotOf(reportOf({}))).toThrow('--shape curve');
});
