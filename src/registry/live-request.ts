import type { HelpRequest } from './help-request.ts';
import { type Link, QueueList } from './queue-list.ts';
import { SortedShelf } from './sorted-shelf.ts';

/** Live requests of one rank in order of arrival, or the taken ones in the order in which they were taken. */
export type Shelf = QueueList<LiveRequest>;

/** The live requests of one name. */
export class NameShelf {
	readonly live: Shelf = new QueueList();
	readonly open: Shelf = new QueueList();
	/** By helper. A shelf goes when its last request does. */
	readonly taken = new Map<string, SortedShelf<LiveRequest>>();
}

/** A live request and its places on the shelves: it puts itself on them, moves and leaves, so that they always agree. */
export class LiveRequest {
	readonly sequence: number;
	readonly name: NameShelf;
	#request: HelpRequest;
	#shelf: Shelf;
	#shelfLink: Link<LiveRequest>;
	readonly #liveLink: Link<LiveRequest>;
	/** While open. */
	#openLink: Link<LiveRequest> | undefined;

	constructor(request: HelpRequest, rankShelf: Shelf, name: NameShelf) {
		this.sequence = request.sequence;
		this.name = name;
		this.#request = request;
		this.#shelf = rankShelf;
		this.#shelfLink = rankShelf.append(this);
		this.#openLink = name.open.append(this);
		this.#liveLink = name.live.append(this);
	}

	/** The record of now. */
	get request(): HelpRequest {
		return this.#request;
	}

	/** Changes rank, or goes to the taken ones. */
	moveTo(shelf: Shelf): void {
		this.#shelf.remove(this.#shelfLink);
		this.#shelf = shelf;
		this.#shelfLink = shelf.append(this);
	}

	/** The signal of the same request has changed. */
	update(request: HelpRequest): void {
		this.#request = request;
	}

	/** From open to taken by `helper`. */
	take(request: HelpRequest, helper: string, takenShelf: Shelf): void {
		this.#request = request;
		this.moveTo(takenShelf);
		this.#leaveOpen();
		let mine = this.name.taken.get(helper);
		if (mine === undefined) {
			mine = new SortedShelf();
			this.name.taken.set(helper, mine);
		}
		mine.insert(this);
	}

	/** Off every shelf: the request is over. */
	leave(): void {
		this.#shelf.remove(this.#shelfLink);
		this.name.live.remove(this.#liveLink);
		this.#leaveOpen();
		const { helper } = this.#request;
		const mine = helper === undefined ? undefined : this.name.taken.get(helper);
		if (helper === undefined || mine === undefined) return;
		mine.remove(this);
		if (mine.size === 0) this.name.taken.delete(helper);
	}

	#leaveOpen(): void {
		if (this.#openLink !== undefined) this.name.open.remove(this.#openLink);
		this.#openLink = undefined;
	}
}
