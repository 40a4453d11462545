/** A room as the pool of workers sees it: where it is at home, and who of it is where. */
interface Group {
	home: number;
	readonly publications: Set<string>;
	/** By worker. */
	readonly peers: readonly Set<string>[];
}

/**
 * Which worker serves which room. A room is at home on one worker, where everybody who feeds it is; those who watch are there too, until
 * they are so many that the room spreads over further workers.
 *
 * What is added is removed again: nothing is held of a room with neither publications nor peers.
 */
export class Seating {
	readonly #workers: number;
	readonly #spreadAt: number;
	readonly #groups = new Map<string, Group>();
	readonly #groupOfPeer = new Map<string, { readonly name: string; readonly worker: number }>();
	readonly #groupOfPublication = new Map<string, string>();
	/** On each worker: its peers, and the rooms at home there. */
	readonly #loads: number[];
	readonly #homes: number[];
	/** Workers that are not there at the moment: they get nobody while there is another. */
	readonly #down = new Set<number>();

	/**
	 * @param workers how many there are, at least one
	 * @param spreadAt peers of one room that one worker serves before the room spreads
	 */
	constructor(workers: number, spreadAt: number) {
		this.#workers = workers;
		this.#spreadAt = spreadAt;
		this.#loads = Array.from({ length: workers }, () => 0);
		this.#homes = Array.from({ length: workers }, () => 0);
	}

	/** Rooms, peers and publications held; all zero when nobody is left. */
	get sizes(): { readonly groups: number; readonly peers: number; readonly publications: number } {
		return { groups: this.#groups.size, peers: this.#groupOfPeer.size, publications: this.#groupOfPublication.size };
	}

	setDown(worker: number, isDown: boolean): void {
		if (isDown) this.#down.add(worker);
		else this.#down.delete(worker);
	}

	/** Finds a room of which nobody is left another home. @returns the home, the former one where there is no better */
	rehome(name: string): number | undefined {
		const group = this.#groups.get(name);
		if (group === undefined) return undefined;
		this.#homes[group.home] = (this.#homes[group.home] ?? 1) - 1;
		group.home = this.#leastLoaded(() => true);
		this.#homes[group.home] = (this.#homes[group.home] ?? 0) + 1;
		return group.home;
	}

	/** The worker for one more peer of a room. */
	seat(name: string, role: 'feeds' | 'watches'): number {
		const group = this.#groups.get(name);
		if (group === undefined) return this.#leastLoaded(() => true);
		const { home } = group;
		const count = (worker: number): number => group.peers[worker]?.size ?? 0;
		if (role === 'feeds' || count(home) < this.#spreadAt) return home;
		const begun = this.#leastLoaded((worker) => count(worker) > 0 && count(worker) < this.#spreadAt);
		if (begun >= 0) return begun;
		const fresh = this.#leastLoaded((worker) => count(worker) === 0);
		if (fresh >= 0) return fresh;
		return this.#all().reduce((best, worker) => (!this.#down.has(worker) && count(worker) < count(best) ? worker : best), home);
	}

	addPublication(name: string, publicationId: string): void {
		this.#open(name, () => this.#leastLoaded(() => true)).publications.add(publicationId);
		this.#groupOfPublication.set(publicationId, name);
	}

	removePublication(publicationId: string): void {
		const name = this.#groupOfPublication.get(publicationId);
		this.#groupOfPublication.delete(publicationId);
		if (name === undefined) return;
		this.#groups.get(name)?.publications.delete(publicationId);
		this.#forgetEmpty(name);
	}

	addPeer(name: string, peerId: string, worker: number): void {
		this.#open(name, () => worker).peers[worker]?.add(peerId);
		this.#groupOfPeer.set(peerId, { name, worker });
		this.#loads[worker] = (this.#loads[worker] ?? 0) + 1;
	}

	/** @returns where it was and of which room; undefined for an unknown one */
	removePeer(peerId: string): { readonly name: string; readonly worker: number } | undefined {
		const known = this.#groupOfPeer.get(peerId);
		if (known === undefined) return undefined;
		this.#groupOfPeer.delete(peerId);
		this.#groups.get(known.name)?.peers[known.worker]?.delete(peerId);
		this.#loads[known.worker] = (this.#loads[known.worker] ?? 1) - 1;
		this.#forgetEmpty(known.name);
		return known;
	}

	workerOfPeer(peerId: string): number | undefined {
		return this.#groupOfPeer.get(peerId)?.worker;
	}

	/** The worker at which a room is at home, undefined when nothing is held of it. */
	homeOf(name: string): number | undefined {
		return this.#groups.get(name)?.home;
	}

	publicationsOf(name: string): readonly string[] {
		return [...(this.#groups.get(name)?.publications ?? [])];
	}

	/** Peers of a room, on one worker or on all. */
	peersOf(name: string, worker?: number): readonly string[] {
		const peers = this.#groups.get(name)?.peers ?? [];
		return peers.flatMap((there, index) => (worker === undefined || worker === index ? [...there] : []));
	}

	/** Workers away from home that serve peers of a room. */
	satellitesOf(name: string): readonly number[] {
		const group = this.#groups.get(name);
		return this.#all().filter((worker) => group !== undefined && worker !== group.home && (group.peers[worker]?.size ?? 0) > 0);
	}

	/** Rooms that have anything on a worker. */
	groupsOn(worker: number): readonly string[] {
		return [...this.#groups].flatMap(([name, group]) => (group.home === worker || (group.peers[worker]?.size ?? 0) > 0 ? [name] : []));
	}

	#open(name: string, homeFor: () => number): Group {
		const known = this.#groups.get(name);
		if (known !== undefined) return known;
		const group = { home: homeFor(), publications: new Set<string>(), peers: this.#all().map(() => new Set<string>()) };
		this.#groups.set(name, group);
		this.#homes[group.home] = (this.#homes[group.home] ?? 0) + 1;
		return group;
	}

	#forgetEmpty(name: string): void {
		const group = this.#groups.get(name);
		if (group === undefined || group.publications.size > 0 || group.peers.some((peers) => peers.size > 0)) return;
		this.#groups.delete(name);
		this.#homes[group.home] = (this.#homes[group.home] ?? 1) - 1;
	}

	#all(): number[] {
		return this.#loads.map((_, worker) => worker);
	}

	/** Of those that fit, by peers, then by rooms at home there; -1 when none fits. */
	#leastLoaded(fits: (worker: number) => boolean): number {
		if (this.#workers === 1) return fits(0) ? 0 : -1;
		const isUp = (worker: number): boolean => !this.#down.has(worker) || this.#down.size === this.#workers;
		const isLess = (worker: number, than: number): boolean => {
			const difference = (this.#loads[worker] ?? 0) - (this.#loads[than] ?? 0);
			return difference < 0 || (difference === 0 && (this.#homes[worker] ?? 0) < (this.#homes[than] ?? 0));
		};
		return this.#all()
			.filter((worker) => isUp(worker) && fits(worker))
			.reduce((best, worker) => (best < 0 || isLess(worker, best) ? worker : best), -1);
	}
}
