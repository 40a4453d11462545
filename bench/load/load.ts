import { setTimeout as delay } from 'node:timers/promises';
import { createCertificate } from '../../src/dtls/certificate.ts';
import { loadNative } from '../../src/media/load-native.ts';
import { coreTicks, cpuSecondsOf, rssBytesOf } from '../process-usage.ts';
import { Broadcaster } from './broadcaster.ts';
import type { Viewer } from './client.ts';
import type { Clients, Joined, Measured } from './commands.ts';
import { DataChannelViewer } from './datachannel-viewer.ts';
import { Latencies } from './latencies.ts';
import { Pacer } from './pacer.ts';
import type { Signaling } from './signaling.ts';
import { type SinkShared, SinkViewer } from './sink/sink-viewer.ts';

/** When nothing has come for this long after the sending stopped, nothing is under way any more. */
const QUIET_MS = 500;
const LOOK_EVERY_MS = 50;
/** A server whose queues are longer than this does not serve. */
const MAX_DRAIN_MS = 15_000;

export interface LoadOptions {
	readonly signaling: Signaling;
	readonly serverPid: number;
	readonly core: number | undefined;
	readonly native: boolean;
}

interface Seated {
	readonly room: string;
	readonly viewer: Viewer;
}

/** The clients of one run, and what they measure. */
export class Load {
	readonly #options: LoadOptions;
	readonly #shared: SinkShared;
	readonly #broadcasters = new Map<string, Broadcaster>();
	readonly #viewers: Seated[] = [];
	#pacer = new Pacer([]);

	private constructor(options: LoadOptions, shared: SinkShared) {
		this.#options = options;
		this.#shared = shared;
	}

	static async open(options: LoadOptions): Promise<Load> {
		const native = loadNative(options.native).addon;
		return new Load(options, { native, certificate: await createCertificate(), latencies: new Latencies() });
	}

	async publish(rooms: readonly string[], size: number, pps: number): Promise<void> {
		for (const room of rooms) this.#broadcasters.set(room, await Broadcaster.connect(this.#options.signaling, room, size));
		this.#pacer.stop();
		this.#pacer = new Pacer([...this.#broadcasters.values()]);
		void this.#pacer.run(pps);
	}

	async join(rooms: readonly string[], viewersPerRoom: number, atOnce: number, clients: Clients): Promise<Joined> {
		const joinMs: number[] = [];
		const waiting = rooms.flatMap((room) => Array.from({ length: viewersPerRoom }, () => room));
		await inTurns(waiting, atOnce, async (room) => {
			const startMs = performance.now();
			const viewer = await this.#open(room, clients);
			this.#viewers.push({ room, viewer });
			await viewer.playing;
			joinMs.push(performance.now() - startMs);
		});
		return { joinMs };
	}

	/** @param onBegin called when the window opens */
	async measure(pps: number, seconds: number, warmUpSeconds: number, onBegin: () => void): Promise<Measured> {
		const { serverPid } = this.#options;
		await this.#pacer.run(pps, Math.ceil(pps * warmUpSeconds));
		const warmUpDrained = await this.#drain();
		const sentBefore = new Map([...this.#broadcasters].map(([room, broadcaster]) => [room, broadcaster.sent]));
		for (const { viewer } of this.#viewers) viewer.reception.begin();
		this.#shared.latencies.begin();
		const loadBefore = this.#usage();
		const cpuBefore = cpuSecondsOf(serverPid);
		onBegin();

		const startMs = performance.now();
		await this.#pacer.run(pps, Math.round(pps * seconds));
		const sendingSeconds = (performance.now() - startMs) / 1000;
		const load = this.#usage().since(loadBefore);
		const drained = await this.#drain();
		const serverCpuSeconds = cpuSecondsOf(serverPid) - cpuBefore;
		const sentIn = new Map([...this.#broadcasters].map(([room, broadcaster]) => [room, broadcaster.sent - (sentBefore.get(room) ?? 0)]));

		let [expected, received, unexplained] = [0, 0, 0];
		for (const { room, viewer } of this.#viewers) {
			const sent = sentIn.get(room) ?? 0;
			expected += sent;
			received += viewer.reception.received;
			unexplained = Math.max(unexplained, sent - viewer.reception.received - viewer.reception.gaps);
		}
		return {
			...{ sent: [...sentIn.values()].reduce((sum, count) => sum + count, 0), expected, received, unexplained },
			...{ viewers: this.#viewers.length, ...this.#shared.latencies.summary() },
			...{ seconds: sendingSeconds, serverCpuSeconds, serverRssBytes: rssBytesOf(serverPid), ...load, drained: warmUpDrained && drained },
		};
	}

	/** Sinks that come, play and leave. */
	async churn(room: string, count: number, atOnce: number): Promise<Joined> {
		const joinMs: number[] = [];
		await inTurns(new Array<string>(count).fill(room), atOnce, async () => {
			const startMs = performance.now();
			const viewer = await this.#open(room, 'sink');
			await viewer.playing;
			joinMs.push(performance.now() - startMs);
			await viewer.leave();
		});
		return { joinMs };
	}

	async end(): Promise<void> {
		this.#pacer.stop();
		await Promise.all([
			...this.#viewers.map(({ viewer }) => viewer.leave()),
			...[...this.#broadcasters.values()].map((one) => one.leave()),
		]);
	}

	/** Waits until all that was sent has come or is lost, so that no packet of one window is counted in another; false when that never came. */
	async #drain(): Promise<boolean> {
		const startMs = performance.now();
		let [seen, sinceMs] = [-1, startMs];
		while (performance.now() - sinceMs < QUIET_MS && performance.now() - startMs < MAX_DRAIN_MS) {
			const received = this.#viewers.reduce((sum, { viewer }) => sum + viewer.reception.received, 0);
			if (received !== seen) [seen, sinceMs] = [received, performance.now()];
			await delay(LOOK_EVERY_MS);
		}
		return performance.now() - sinceMs >= QUIET_MS;
	}

	#open(room: string, clients: Clients): Promise<Viewer> {
		const { signaling } = this.#options;
		return clients === 'sink'
			? SinkViewer.open(signaling, room, this.#shared)
			: DataChannelViewer.open(signaling, room, this.#shared.latencies);
	}

	/** Of the core that this process has for itself, else of the process. */
	#usage() {
		const { core } = this.#options;
		const [ticks, cpu, atMs] = [core === undefined ? undefined : coreTicks(core), process.cpuUsage(), performance.now()];
		const since = (before: { readonly ticks: typeof ticks; readonly cpu: typeof cpu; readonly atMs: number }) => {
			const loadProcessShare = (cpu.user + cpu.system - before.cpu.user - before.cpu.system) / 1000 / (atMs - before.atMs);
			const isPinned = ticks !== undefined && before.ticks !== undefined;
			const loadShare = isPinned ? (ticks.busy - before.ticks.busy) / (ticks.all - before.ticks.all) : loadProcessShare;
			return { loadShare, loadProcessShare };
		};
		return { ticks, cpu, atMs, since };
	}
}

/** Does the work for each item, at most `atOnce` at a time; the first failure ends it. */
async function inTurns<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
	const left = items.values();
	await Promise.all(
		Array.from({ length: Math.min(atOnce, items.length) }, async () => {
			for (const item of left) await work(item);
		}),
	);
}
