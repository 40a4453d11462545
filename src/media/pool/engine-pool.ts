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

/** A worker that could not be started again is tried after this long, each time twice as long, up to the most. */
const FIRST_RESTART_MS = 100;
const MOST_RESTART_MS = 10_000;

interface Seat {
	engine: RemoteEngine;
	/** It has had its socket since it was last started. */
	wasReady: boolean;
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
	/** Workers started again since the start. */
	restarts = 0;
	readonly #options: EnginePoolOptions;
	readonly #seating: Seating;
	readonly #seats: Seat[] = [];
	readonly #publications = new Map<string, OpenPublication>();
	#view: Promise<readonly EngineView[]> | undefined;
	#closed = false;

	private constructor(options: EnginePoolOptions) {
		this.#options = options;
		this.#seating = new Seating(options.workers, options.spreadAt);
	}

	/** Starts the workers. Rejects with the system's words when a port cannot be bound. */
	static async open(options: EnginePoolOptions): Promise<EnginePool> {
		const pool = new EnginePool(options);
		const engines = Array.from({ length: options.workers }, (_, worker) =>
			pool.#start(worker, options.port === 0 ? 0 : options.port + worker),
		);
		const started = await Promise.allSettled(engines.map((engine) => engine.ready));
		const failed = started.find((result) => result.status === 'rejected');
		if (failed !== undefined) {
			await Promise.all(engines.map((engine) => engine.close()));
			throw failed.reason;
		}
		for (const engine of engines) {
			const { address, port, path }: Ready = await engine.ready;
			pool.path = path;
			pool.#seats.push({ engine, wasReady: true, address, port, restartMs: FIRST_RESTART_MS, timer: undefined });
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
		this.restarts += 1;
		this.#options.log.warn({ worker, reason }, 'media worker lost');
		const lostPeers: string[] = [];
		const lostPublications: string[] = [];
		for (const group of this.#seating.groupsOn(worker)) {
			const isHome = this.#seating.homeOf(group) === worker;
			lostPeers.push(...this.#seating.peersOf(group, isHome ? undefined : worker));
			for (const publicationId of this.#seating.publicationsOf(group)) {
				const open = this.#publications.get(publicationId);
				open?.mirrors.delete(worker);
				if (isHome) lostPublications.push(publicationId);
			}
		}
		for (const peerId of lostPeers) this.#closePeer(peerId);
		if (seat.wasReady) this.#restart(worker, seat);
		else {
			seat.timer = setTimeout(() => this.#restart(worker, seat), seat.restartMs);
			seat.restartMs = Math.min(2 * seat.restartMs, MOST_RESTART_MS);
		}
		for (const publicationId of lostPublications) this.onEvent({ type: 'publication-lost', publicationId, silentMs: 0 });
		for (const peerId of lostPeers) this.onEvent({ type: 'peer-failed', peerId, reason: 'engine-lost' });
	}

	#restart(worker: number, seat: Seat): void {
		const engine = this.#start(worker, seat.port);
		seat.engine = engine;
		seat.wasReady = false;
		for (const { publication, group } of this.#publications.values()) {
			if (this.#seating.homeOf(group) === worker) engine.send({ type: 'open-publication', publication });
		}
		engine.ready.then(
			() => {
				seat.wasReady = true;
				seat.restartMs = FIRST_RESTART_MS;
				this.#options.log.info({ worker }, 'media worker restarted');
			},
			// `lost` hears of it too.
			() => {},
		);
	}
}
