/** `npm run bench`: measures, shows, judges. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import { judgeBars } from './bars.ts';
import { buildFolder } from './build-peer.ts';
import { chooseCores, unpinned } from './children.ts';
import { type BenchOptions, readFlags } from './flags.ts';
import { buildFloor, runFloor } from './floor/floor.ts';
import { plotOf } from './plot.ts';
import { runChurn, runSaturation, runStorm } from './procedures.ts';
import { faultsOf, type Report, tablesOf } from './report.ts';
import { buildPion } from './servers/pion.ts';
import { type Contender, contenderNames } from './servers/server-under-test.ts';
import { forwardedPerSecond, type Shape } from './shapes.ts';
import { type RunSettings, runSteady } from './steady-run.ts';

const read = readFlags(process.argv.slice(2));
if (read.outcome === 'help') process.stdout.write(read.text);
else if (read.outcome === 'error') fail(`${read.message} (npm run bench -- --help)`);
else process.exitCode = await bench(read.options).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));

async function bench(options: BenchOptions): Promise<number> {
	const { cores, why } = options.pin ? chooseCores() : { cores: unpinned, why: '--no-pin' };
	tell(why === undefined ? `server on core ${cores.server}, load on core ${cores.load}` : `nothing is pinned: ${why}`);
	const isCompared = options.versus.length > 0;
	const needsFloor = options.floor || (isCompared && options.shapes.some((shape) => shape.beside?.includes('floor')));
	if (options.versus.some((one) => one !== 'typescript')) buildPion();
	if (needsFloor) buildFloor();
	const settings: RunSettings = { cores, seconds: options.seconds, clients: options.clients, native: options.native };
	const report = emptyReport(options, cores.server !== undefined);
	for (let round = 1; round <= options.rounds; round += 1) await measureRound(round, options, settings, report);

	process.stdout.write(`${tablesOf(report)}\n`);
	const bars = options.check ? judgeBars(report) : [];
	for (const { what, value, holds } of bars) {
		const mark = { yes: '✓', no: '✗', 'not measured': '–' }[holds];
		process.stdout.write(`${mark} ${what}: ${holds === 'not measured' ? holds : value.toFixed(2)}\n`);
	}
	const faults = faultsOf(report);
	for (const fault of faults) process.stdout.write(`✗ ${fault}\n`);
	write(options.json ?? join(buildFolder, 'result.json'), `${JSON.stringify({ ...report, bars, faults }, undefined, '\t')}\n`);
	if (options.plot !== undefined) write(options.plot, plotOf(report));
	return faults.length === 0 && bars.every(({ holds }) => holds === 'yes') ? 0 : 1;
}

/** One round of everything: the servers take turns, so that a slow minute of the machine hits them all. */
async function measureRound(round: number, options: BenchOptions, settings: RunSettings, report: Report): Promise<void> {
	const isCompared = options.versus.length > 0;
	for (const shape of options.shapes) {
		const entry = entryOf(report, shape);
		const beside: readonly string[] = isCompared ? (shape.beside ?? []) : [];
		const typescript: readonly Contender[] = beside.includes('typescript') && !options.versus.includes('typescript') ? ['typescript'] : [];
		for (const contender of shape.only ?? (['duress', ...typescript, ...options.versus] as const)) {
			const result = await runSteady(contender, shape, settings);
			addTo(entry.rounds, contender, result);
			const { cpuUsPerPacket, loss, p99Ms, loadShare, loadProcessShare } = result;
			const figures = `${cpuUsPerPacket.toFixed(2)} µs/packet, loss ${(loss * 100).toFixed(2)} %, p99 ${p99Ms.toFixed(1)} ms`;
			progress(
				round,
				shape.name,
				contender,
				`${figures}, load core ${(loadShare * 100).toFixed(0)} %, ${(loadProcessShare * 100).toFixed(0)} % its own`,
			);
			for (const fault of result.faults) tell(`  ✗ ${fault}`);
		}
		if (!options.floor && !beside.includes('floor')) continue;
		const floor = await runFloor(shape, settings.cores, Math.max(1, Math.round(options.seconds / 3)));
		entry.floor.push(floor);
		tell(`round ${round}, ${shape.name}, ${contenderNames.floor}: ${floor.bothUs.toFixed(2)} µs/packet`);
	}
	for (const contender of ['duress', ...options.versus] as const) {
		if (options.procedures.includes('storm')) {
			const result = await runStorm(contender, settings);
			addTo(report.storm, contender, result);
			progress(
				round,
				'storm',
				contender,
				`all play after ${result.allPlayingMs.toFixed(0)} ms, live p99 ${result.liveP99Ms.toFixed(1)} ms`,
			);
		}
		if (options.procedures.includes('saturate')) {
			const result = await runSaturation(contender, { ...settings, seconds: Math.min(settings.seconds, 4) }, (viewers, tried) =>
				progress(
					round,
					`${viewers} viewers`,
					contender,
					`loss ${(tried.loss * 100).toFixed(2)} %, p99 ${tried.p99Ms.toFixed(1)} ms, load core ${(tried.loadShare * 100).toFixed(0)} %`,
				),
			);
			addTo(report.saturation, contender, result);
		}
		// Once is enough: it is a count of thousands in itself.
		if (options.procedures.includes('churn') && round === 1) {
			const result = await runChurn(contender, options.churn, settings);
			addTo(report.churn, contender, result);
			progress(round, 'churn', contender, `RSS ${(result.beforeBytes / 1e6).toFixed(1)} → ${(result.afterBytes / 1e6).toFixed(1)} MB`);
		}
	}
}

function emptyReport(options: BenchOptions, pinned: boolean): Report {
	const [first] = cpus();
	const machine = { processor: first?.model ?? 'unknown', cores: cpus().length, kernel: release(), node: process.version, pinned };
	return { machine, seconds: options.seconds, steady: [], storm: {}, churn: {}, saturation: {} };
}

function entryOf(report: Report, shape: Shape): Report['steady'][number] {
	const known = report.steady.find((entry) => entry.shape === shape);
	if (known !== undefined) return known;
	const entry = { shape, rounds: {}, floor: [] };
	report.steady.push(entry);
	tell(`${shape.name}: ${forwardedPerSecond(shape).toLocaleString('en')} packets/s of ${shape.size} octets`);
	return entry;
}

function addTo<Result>(results: Partial<Record<Contender, Result[]>>, contender: Contender, result: Result): void {
	const list = results[contender] ?? [];
	list.push(result);
	results[contender] = list;
}

function progress(round: number, what: string, contender: Contender, figures: string): void {
	tell(`round ${round}, ${what}, ${contenderNames[contender]}: ${figures}`);
}

function tell(line: string): void {
	process.stderr.write(`bench: ${line}\n`);
}

function write(file: string, text: string): void {
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	tell(`wrote ${file}`);
}

function fail(message: string): never {
	process.stderr.write(`bench: ${message}\n`);
	process.exit(1);
}
