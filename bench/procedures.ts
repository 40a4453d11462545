/** What is measured otherwise than by a steady stream: a join storm, churn, and the most that one core serves. */
import { setTimeout as delay } from 'node:timers/promises';
import { unpinned } from './children.ts';
import { LoadProcess } from './load-process.ts';
import { rssBytesOf } from './process-usage.ts';
import type { Contender } from './servers/server-under-test.ts';
import { percentile } from './statistics.ts';
import { MAX_LOAD_SHARE, type RunSettings, runSteady, type SteadyResult, startServer, withLoad } from './steady-run.ts';

const SIZE = 1100;
const LIVE_ROOM = 'live';
const LIVE_VIEWERS = 5;
const STORM_ROOM = 'storm';
const STORM_VIEWERS = 200;
const STORM_PPS = 40;
const PPS = 250;

export interface StormResult {
	readonly viewers: number;
	/** From the first join to the moment when all play. */
	readonly allPlayingMs: number;
	readonly joinP50Ms: number;
	/** Of the other room, within the window of measuring in which the storm came. */
	readonly liveP99Ms: number;
	readonly liveLoss: number;
}

/**
 * 200 viewers come to one room at once while five watch another. Nothing is pinned: server and clients share the machine. The live room has
 * a load process of its own, so that the handshakes of 200 clients do not count as its latency.
 */
export async function runStorm(contender: Contender, settings: RunSettings): Promise<StormResult> {
	const free = { ...settings, cores: unpinned };
	const server = await startServer(contender, free);
	const loads: LoadProcess[] = [];
	server.onLine = (line) => {
		for (const load of loads) load.hear(line);
	};
	try {
		for (let opened = 0; opened < 2; opened += 1) loads.push(await LoadProcess.open({ server, core: undefined, native: settings.native }));
		const [live, storm] = loads;
		if (live === undefined || storm === undefined) throw new Error('no load');
		await live.publish([LIVE_ROOM], SIZE, PPS);
		await live.join([LIVE_ROOM], LIVE_VIEWERS, LIVE_VIEWERS, 'datachannel');
		await storm.publish([STORM_ROOM], SIZE, STORM_PPS);
		const measuring = new Promise<void>((resolve) => {
			live.onMeasuring = resolve;
		});
		const lasting = live.measure(PPS, Math.max(4, Math.round(settings.seconds / 2)), 1);
		await Promise.race([measuring, lasting]);
		const startMs = performance.now();
		const { joinMs } = await storm.join([STORM_ROOM], STORM_VIEWERS, STORM_VIEWERS, 'sink');
		const allPlayingMs = performance.now() - startMs;
		const { p99Ms, expected, received, samples } = await lasting;
		if (samples === 0) throw new Error('the storm proves nothing: nothing came in the live room');
		return {
			...{ viewers: joinMs.length, allPlayingMs, joinP50Ms: percentile(joinMs, 0.5) },
			...{ liveP99Ms: p99Ms, liveLoss: 1 - received / expected },
		};
	} finally {
		for (const load of loads) await load.stop();
		await server.stop();
	}
}

export interface ChurnResult {
	readonly count: number;
	/** Resident octets: of the fresh server, after the first 2,000 have come and gone, and after all the others. */
	readonly freshBytes: number;
	readonly beforeBytes: number;
	readonly afterBytes: number;
	readonly joinP50Ms: number;
	readonly seconds: number;
}

const CHURN_ROOM = 'churn';
const CHURN_AT_ONCE = 10;
/** By then compilers have seen the code, and the heaps of both threads have been through a major collection and found their size. */
const CHURN_WARM_UP = 2000;
/** Peers and their memory are let go of at once; what a parked one would keep is gone by then as well. */
const SETTLE_MS = 5000;

/** Viewers join a live room, play and leave. */
export function runChurn(contender: Contender, count: number, settings: RunSettings): Promise<ChurnResult> {
	return withLoad(contender, settings, async (load, server) => {
		await load.publish([CHURN_ROOM], SIZE, STORM_PPS);
		const freshBytes = rssBytesOf(server.pid);
		await load.churn(CHURN_ROOM, CHURN_WARM_UP, CHURN_AT_ONCE);
		await delay(SETTLE_MS);
		const beforeBytes = rssBytesOf(server.pid);
		const startMs = performance.now();
		const { joinMs } = await load.churn(CHURN_ROOM, count, CHURN_AT_ONCE);
		const seconds = (performance.now() - startMs) / 1000;
		await delay(SETTLE_MS);
		return { count, freshBytes, beforeBytes, afterBytes: rssBytesOf(server.pid), joinP50Ms: percentile(joinMs, 0.5), seconds };
	});
}

export interface SaturationResult {
	/** The most viewers who were served well, at 250 packets/s each. */
	readonly viewers: number;
	/** Whether the load's own core ended the search: the server may be able to do more. */
	readonly endedByLoad: boolean;
	readonly tried: readonly { readonly viewers: number; readonly served: boolean; readonly result: SteadyResult }[];
}

const MOST_LOSS = 0.001;
const MOST_P99_MS = 100;
const FIRST_TRY = 160;
const MOST_VIEWERS = 1000;
/** The search ends when it knows the answer to within so much of it. */
const PRECISION = 0.06;

/** Doubles the viewers until they are not served well, then halves the interval. */
export async function runSaturation(
	contender: Contender,
	settings: RunSettings,
	tell: (viewers: number, result: SteadyResult) => void,
): Promise<SaturationResult> {
	const tried: { viewers: number; served: boolean; result: SteadyResult }[] = [];
	let [good, bad, endedByLoad] = [0, Number.POSITIVE_INFINITY, false];
	for (let viewers = FIRST_TRY; bad - good > PRECISION * Math.max(good, FIRST_TRY) && good < MOST_VIEWERS; ) {
		const shape = { name: `saturate-${viewers}`, rooms: 1, viewers, pps: PPS, size: SIZE };
		const result = await runSteady(contender, shape, { ...settings, clients: 'sink' });
		tell(viewers, result);
		const served = result.drained && result.loss < MOST_LOSS && result.p99Ms < MOST_P99_MS && result.loadShare <= MAX_LOAD_SHARE;
		tried.push({ viewers, served, result });
		if (served) good = viewers;
		else [bad, endedByLoad] = [viewers, result.loadShare > MAX_LOAD_SHARE];
		viewers = Math.min(MOST_VIEWERS, bad === Number.POSITIVE_INFINITY ? good * 2 : Math.round((good + bad) / 20) * 10);
		if (viewers === good || viewers === bad) break;
	}
	return { viewers: good, endedByLoad, tried };
}
