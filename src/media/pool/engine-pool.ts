import { MessageChannel } from 'node:worker_threads';
import type { Publication } from '../../negotiation/media-description.ts';
import type { EngineAddress, EngineEvent, EngineSeat, MediaEngine, PlacedCommand } from '../engine-port.ts';
import type { MediaLog } from '../media-log.ts';
import { type Ready, RemoteEngine } from './remote-engine.ts';
import { Seating } from './seating.ts';
import type { EngineView, WorkerOptions } from './worker-messages.ts';

export interface EnginePoolOptions extends Omit<WorkerOptions, 'port'> {
	/** UDP port of the first worker, each further one has the next; 0: any free ports. */
	readonly port: number;
	/** At least one. */
	readonly workers: number;
	/** Peers of one room that one worker serves before the room spreads over another. */
	readonly spreadAt: number;
	readonly log: MediaLog;
}

/**
 * A worker that dies is started again at once when it has lived so long; one that dies sooner, or cannot be started, after a wait that doubles
 * each time.
 */
const LONG_LIFE_MS = 10_000;
const FIRST_RESTART_MS = 100;
const MOST_RESTART_MS = 10_000;
/** How often each worker must show that it lives. */
const HEARTBEAT_MS = 5_000;

interface Seat {
	engine: RemoteEngine;
	/** When it got its socket; Infinity while it has none. */
	readySinceMs: number;
	/** Known from the first start on; a restarted worker binds the same port. */
	readonly address: EngineAddress;
	readonly port: number;
	restartMs: number;
	timer: NodeJS.Timeout | undefined;
}

interface OpenPublication {
	readonly publication: Publication;
	readonly group: string;
	/** Workers other than the home that have it too. */
	readonly mirrors: Set<number>;
}

/**
 * The media engine as rooms see it: worker threads with one UDP port each. Rooms go to the least loaded; one that outgrows its worker is
 * mirrored on others, each of its packets crossing once for each of those. A worker that dies is started anew with the publications that
 * were at home there; whoever it served is told to come again, and nobody else notices.
 */
export class EnginePool implements MediaEngine {
	onEvent: (event: EngineEvent) => void = () => {};
	/** One line about the media path, for the log: native or not, and why not. */
	path = '';
	/** How often a worker was started again. */
	restarts = 0;
	readonly #options: EnginePoolOptions;
	readonly #seating: Seating;
	readonly #seats: Seat[] = [];
	readonly #publications = new Map<string, OpenPublication>();
	#view: Promise<readonly EngineView[]> | undefined;
	readonly #heartbeat: NodeJS.Timeout;
	#closed = false;

	private constructor(options: EnginePoolOptions) {
		this.#options = options;
		this.#seating = new Seating(options.workers, options.spreadAt);
		this.#heartbeat = setInterval(() => void this.look(), HEARTBEAT_MS);
	}

	/** Starts the workers. Rejects when a port cannot be bound: `on HOST port PORT: ` and the system's words. */
	static async open(options: EnginePoolOptions): Promise<EnginePool> {
		const pool = new EnginePool(options);
		const portOf = (worker: number): number => (options.port === 0 ? 0 : options.port + worker);
		const engines = Array.from({ length: options.workers }, (_, worker) => pool.#start(worker, portOf(worker)));
		for (const [worker, engine] of engines.entries()) {
			try {
				const { address, port, path }: Ready = await engine.ready;
				pool.path = path;
				pool.#seats.push({ engine, readySinceMs: performance.now(), address, port, restartMs: FIRST_RESTART_MS, timer: undefined });
			} catch (error) {
				pool.#closed = true;
				clearInterval(pool.#heartbeat);
				await Promise.all(engines.map((started) => started.close()));
				throw new Error(`on ${options.host} port ${portOf(worker)}: ${error instanceof Error ? error.message : String(error)}`);
			}
		}
		return pool;
	}

	/** UDP ports, in the order of the workers. */
	get ports(): readonly number[] {
		return this.#seats.map(({ port }) => port);
	}

	/** Every worker has its socket. */
	get isReady(): boolean {
		return this.#seats.every(({ engine }) => engine.isReady);
	}

	seat(group: string, role: 'feeds' | 'watches'): EngineSeat {
		const worker = this.#seating.seat(group, role);
		const seat = this.#seats[worker];
		if (seat === undefined) throw new Error('no such media worker');
		return { worker, address: seat.address };
	}

	send(command: PlacedCommand): void {
		switch (command.type) {
			case 'open-publication':
				this.#openPublication(command);
				return;
			case 'close-publication':
				this.#closePublication(command.publicationId);
				return;
			case 'open-peer':
				this.#openPeer(command);
				return;
			case 'close-peer':
				this.#closePeer(command.peerId);
				return;
			default:
				this.#engineOf(this.#seating.workerOfPeer(command.peerId))?.send(command);
		}
	}

	/** What every worker holds; the same look serves all who ask before it has come back. */
	look(): Promise<readonly EngineView[]> {
		this.#view ??= Promise.all(this.#seats.map(({ engine }) => engine.look())).then((views) => {
			this.#view = undefined;
			return views.filter((view) => view !== undefined);
		});
		return this.#view;
	}

	async close(): Promise<void> {
		this.#closed = true;
		clearInterval(this.#heartbeat);
		for (const { timer } of this.#seats) clearTimeout(timer);
		await Promise.all(this.#seats.map(({ engine }) => engine.close()));
	}

	#start(worker: number, port: number): RemoteEngine {
		const { workers: _, spreadAt: __, log, ...options } = this.#options;
		return new RemoteEngine(`media ${worker}`, { ...options, port }, log, {
			event: (event) => this.#receive(event),
			lost: (reason) => this.#lost(worker, reason),
		});
	}

	#engineOf(worker: number | undefined): RemoteEngine | undefined {
		return worker === undefined ? undefined : this.#seats[worker]?.engine;
	}

	#receive(event: EngineEvent): void {
		if (event.type === 'peer-failed') this.#forgetPeer(event.peerId);
		this.onEvent(event);
	}

	#openPublication({ publication, group }: Extract<PlacedCommand, { type: 'open-publication' }>): void {
		const { publicationId } = publication;
		this.#seating.addPublication(group, publicationId);
		const opened = { publication, group, mirrors: new Set<number>() };
		this.#publications.set(publicationId, opened);
		this.#engineOf(this.#seating.homeOf(group))?.send({ type: 'open-publication', publication });
		for (const worker of this.#seating.satellitesOf(group)) this.#mirror(opened, worker);
	}

	#closePublication(publicationId: string): void {
		const open = this.#publications.get(publicationId);
		if (open === undefined) return;
		this.#publications.delete(publicationId);
		for (const worker of [this.#seating.homeOf(open.group), ...open.mirrors]) {
			this.#engineOf(worker)?.send({ type: 'close-publication', publicationId });
		}
		this.#seating.removePublication(publicationId);
	}

	#openPeer({ peerId, ice, group, seat: { worker } }: Extract<PlacedCommand, { type: 'open-peer' }>): void {
		this.#seating.addPeer(group, peerId, worker);
		if (worker !== this.#seating.homeOf(group)) {
			for (const publicationId of this.#seating.publicationsOf(group)) this.#mirror(this.#publications.get(publicationId), worker);
		}
		this.#engineOf(worker)?.send({ type: 'open-peer', peerId, ice });
	}

	#closePeer(peerId: string): void {
		const worker = this.#seating.workerOfPeer(peerId);
		this.#forgetPeer(peerId);
		this.#engineOf(worker)?.send({ type: 'close-peer', peerId });
	}

	/** With the last peer that a room has away from home its mirrors there go too. */
	#forgetPeer(peerId: string): void {
		const left = this.#seating.removePeer(peerId);
		if (left === undefined || this.#seating.peersOf(left.name, left.worker).length > 0) return;
		for (const publicationId of this.#seating.publicationsOf(left.name)) {
			if (!this.#publications.get(publicationId)?.mirrors.delete(left.worker)) continue;
			this.#engineOf(left.worker)?.send({ type: 'close-publication', publicationId });
		}
	}

	#mirror(open: OpenPublication | undefined, worker: number): void {
		if (open === undefined || open.mirrors.has(worker)) return;
		open.mirrors.add(worker);
		const { port1, port2 } = new MessageChannel();
		this.#engineOf(worker)?.openMirror(open.publication, port1);
		this.#engineOf(this.#seating.homeOf(open.group))?.feedMirror(open.publication.publicationId, port2);
	}

	/**
	 * A worker has died. The publications of its rooms begin anew, with other numbers under the same SSRCs, so nobody who knows the former
	 * may go on: everybody in a room that was at home there comes again, wherever they were served.
	 */
	#lost(worker: number, reason: string): void {
		const seat = this.#seats[worker];
		if (this.#closed || seat === undefined) return;
		this.#options.log.warn({ worker, reason }, 'media worker lost');
		this.#seating.setDown(worker, true);
		this.#dismiss(worker);
		const hasLived = performance.now() - seat.readySinceMs >= LONG_LIFE_MS;
		seat.restartMs = hasLived ? FIRST_RESTART_MS : Math.min(2 * seat.restartMs, MOST_RESTART_MS);
		seat.readySinceMs = Number.POSITIVE_INFINITY;
		if (hasLived) this.#restart(worker, seat);
		else seat.timer = setTimeout(() => this.#restart(worker, seat), seat.restartMs);
	}

	/** Everybody in the rooms of a worker is told to come again, and the rooms that were at home there move, if there is where to. */
	#dismiss(worker: number): void {
		const peers: string[] = [];
		const publications: string[] = [];
		for (const group of this.#seating.groupsOn(worker)) {
			const isHome = this.#seating.homeOf(group) === worker;
			const leaving = this.#seating.peersOf(group, isHome ? undefined : worker);
			for (const publicationId of this.#seating.publicationsOf(group)) this.#publications.get(publicationId)?.mirrors.delete(worker);
			for (const peerId of leaving) this.#closePeer(peerId);
			peers.push(...leaving);
			if (isHome) publications.push(...this.#move(group, worker));
		}
		for (const publicationId of publications) this.onEvent({ type: 'publication-lost', publicationId, silentMs: 0 });
		for (const peerId of peers) this.onEvent({ type: 'peer-failed', peerId, reason: 'engine-lost' });
	}

	/** @returns the room's publications */
	#move(group: string, from: number): readonly string[] {
		const publicationIds = this.#seating.publicationsOf(group);
		const home = this.#seating.rehome(group);
		if (home !== from) for (const publicationId of publicationIds) this.#reopen(publicationId, home);
		return publicationIds;
	}

	#reopen(publicationId: string, home: number | undefined): void {
		const publication = this.#publications.get(publicationId)?.publication;
		if (publication !== undefined) this.#engineOf(home)?.send({ type: 'open-publication', publication });
	}

	#restart(worker: number, seat: Seat): void {
		this.restarts += 1;
		// Who came while there was nobody is not known to the new one.
		this.#dismiss(worker);
		try {
			seat.engine = this.#start(worker, seat.port);
		} catch (error) {
			this.#options.log.warn({ error, worker }, 'media worker cannot be started');
			seat.restartMs = Math.min(2 * seat.restartMs, MOST_RESTART_MS);
			seat.timer = setTimeout(() => this.#restart(worker, seat), seat.restartMs);
			return;
		}
		for (const [publicationId, { group }] of this.#publications) {
			if (this.#seating.homeOf(group) === worker) this.#reopen(publicationId, worker);
		}
		seat.engine.ready.then(
			() => {
				seat.readySinceMs = performance.now();
				this.#seating.setDown(worker, false);
				this.#options.log.info({ worker }, 'media worker restarted');
			},
			// `lost` hears of it too.
			() => {},
		);
	}
}
