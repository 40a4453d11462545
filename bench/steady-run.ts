import type { Cores } from './children.ts';
import type { Clients, Measured } from './load/commands.ts';
import { LoadProcess } from './load-process.ts';
import { startDuress } from './servers/duress.ts';
import { startPion } from './servers/pion.ts';
import type { Contender, ServerUnderTest } from './servers/server-under-test.ts';
import { needsSink, type Shape } from './shapes.ts';

/** The load may use so much of its core: beyond it queues grow that are not the server's. */
export const MAX_LOAD_SHARE = 0.85;
/** Packets at the end of a window whose loss no later one shows, and in the same spirit one in a thousand. */
const UNEXPLAINED_PACKETS = 3;
const UNEXPLAINED_SHARE = 0.001;
/** While viewers join, so that handshakes have the machine to themselves. */
const JOINING_PPS = 50;
const JOINING_FORWARDED_PPS = 10_000;
const JOINING_AT_ONCE = 8;
const WARM_UP_SECONDS = 2;

export interface RunSettings {
	readonly cores: Cores;
	readonly seconds: number;
	readonly clients: 'auto' | Clients;
	/** Whether Duress Server and the sinks may use native code. */
	readonly native: boolean;
}

/** One round of one shape on one server. */
export interface SteadyResult extends Measured {
	readonly cpuUsPerPacket: number;
	/** Forwarded. */
	readonly packetsPerSecond: number;
	readonly loss: number;
	readonly joinMs: readonly number[];
	readonly clients: Clients;
	/** Why the round proves nothing; empty when it was honest. */
	readonly faults: readonly string[];
}

export async function startServer(contender: Contender, settings: RunSettings): Promise<ServerUnderTest> {
	const core = settings.cores.server;
	if (contender === 'pion' || contender === 'pion-bare') return await startPion(core, contender === 'pion-bare');
	return await startDuress(core, contender === 'duress' && settings.native);
}

/** Starts a server and one process of clients, and ends both whatever happens. */
export async function withLoad<Result>(
	contender: Contender,
	settings: RunSettings,
	work: (load: LoadProcess, server: ServerUnderTest) => Promise<Result>,
): Promise<Result> {
	const server = await startServer(contender, settings);
	try {
		const load = await LoadProcess.open({ server, core: settings.cores.load, native: settings.native });
		server.onLine = (line) => load.hear(line);
		try {
			return await work(load, server);
		} finally {
			await load.stop();
		}
	} finally {
		await server.stop();
	}
}

export function roomsOf(shape: Shape): readonly string[] {
	return Array.from({ length: shape.rooms }, (_, index) => `room-${index}`);
}

export function runSteady(contender: Contender, shape: Shape, settings: RunSettings): Promise<SteadyResult> {
	const clients = settings.clients === 'auto' ? (needsSink(shape) ? 'sink' : 'datachannel') : settings.clients;
	return withLoad(contender, settings, async (load) => {
		const rooms = roomsOf(shape);
		const joiningPps = Math.min(shape.pps, JOINING_PPS, JOINING_FORWARDED_PPS / (shape.rooms * shape.viewers));
		await load.publish(rooms, shape.size, joiningPps);
		const { joinMs } = await load.join(rooms, shape.viewers, JOINING_AT_ONCE, clients);
		const measured = await load.measure(shape.pps, settings.seconds, WARM_UP_SECONDS);
		return judge(measured, joinMs, clients);
	});
}

function judge(measured: Measured, joinMs: readonly number[], clients: Clients): SteadyResult {
	const { expected, received, viewers, unexplained, drained, loadShare, seconds, serverCpuSeconds, samples } = measured;
	const faults: string[] = [];
	if (loadShare > MAX_LOAD_SHARE) faults.push(`the load's core was ${(loadShare * 100).toFixed(0)} % busy: it measured itself`);
	const allowed = Math.max(UNEXPLAINED_PACKETS, (expected / viewers) * UNEXPLAINED_SHARE);
	if (unexplained > allowed) faults.push(`a viewer was not sent ${unexplained} packets, without a gap in its sequence numbers`);
	if (!drained) faults.push('packets of one window were still on their way in the next');
	if (received > expected) faults.push('more came than was sent');
	if (received === 0 || samples === 0) faults.push('nothing came');
	return {
		...{ ...measured, cpuUsPerPacket: (serverCpuSeconds * 1e6) / received, packetsPerSecond: received / seconds },
		...{ loss: 1 - received / expected, joinMs, clients, faults },
	};
}
