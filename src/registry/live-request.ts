import type { HelpRequest } from './help-request.ts';
import { type Link, OrderedList } from './ordered-list.ts';

/** Live requests in order of arrival. */
export type Shelf = OrderedList<LiveRequest>;

/** The live requests of one name. */
export class NameShelf {
	readonly live: Shelf = new OrderedList();
	readonly open: Shelf = new OrderedList();
	/** By helper. A shelf goes when its last request does. */
	readonly taken = new Map<string, Shelf>();
}

/** A live request and its places on the shelves: it puts itself on them, moves and leaves, so that they always agree. */
export class LiveRequest {
	readonly sequence: number;
	readonly name: NameShelf;
	#request: HelpRequest;
	/** Its rank's while open, the taken ones' after. */
	#shelf: Shelf;
	#shelfLink: Link<LiveRequest>;
	/** Among its name's open ones, or among those that its helper took under this name. */
	#statusShelf: Shelf;
	#statusLink: Link<LiveRequest>;
	readonly #liveLink: Link<LiveRequest>;

	constructor(request: HelpRequest, rankShelf: Shelf, name: NameShelf) {
		this.sequence = request.sequence;
		this.name = name;
		this.#request = request;
		this.#shelf = rankShelf;
		this.#shelfLink = rankShelf.insert(this);
		this.#statusShelf = name.open;
		this.#statusLink = name.open.insert(this);
		this.#liveLink = name.live.insert(this);
	}

	/** The record of now. */
	get request(): HelpRequest {
		return this.#request;
	}

	/** Changes rank, or goes to the taken ones. */
	moveTo(shelf: Shelf): void {
		this.#shelf.remove(this.#shelfLink);
		this.#shelf = shelf;
		this.#shelfLink = shelf.insert(this);
	}

	/** From open to taken by `helper`. */
	take(request: HelpRequest, helper: string, takenShelf: Shelf): void {
		this.#request = request;
		this.moveTo(takenShelf);
		let mine = this.name.taken.get(helper);
		if (mine === undefined) {
			mine = new OrderedList();
			this.name.taken.set(helper, mine);
		}
		this.#statusShelf.remove(this.#statusLink);
		this.#statusShelf = mine;
		this.#statusLink = mine.insert(this);
	}

	/** Off every shelf: the request is over. */
	leave(): void {
		this.#shelf.remove(this.#shelfLink);
		this.name.live.remove(this.#liveLink);
		this.#statusShelf.remove(this.#statusLink);
		const helper = this.#request.helper;
		if (helper !== undefined && this.#statusShelf.size === 0) this.name.taken.delete(helper);
	}
}
