/** One place in an `OrderedList`; whoever inserted the item keeps it, to take the item out again. */
export interface Link<T> {
	readonly item: T;
	older: Link<T> | undefined;
	newer: Link<T> | undefined;
}

/**
 * A doubly linked list in ascending `sequence`: append at the new end, take out anywhere and read from both ends, each in constant
 * time however many are held. An array would move up to 100,000 entries for each request that is taken from its middle.
 */
export class OrderedList<T extends { readonly sequence: number }> {
	#oldest: Link<T> | undefined;
	#newest: Link<T> | undefined;
	#size = 0;

	get size(): number {
		return this.#size;
	}

	get oldest(): T | undefined {
		return this.#oldest?.item;
	}

	get newest(): T | undefined {
		return this.#newest?.item;
	}

	/** Puts an item in its place. Constant time at either end, where almost all belong; a walk otherwise. */
	insert(item: T): Link<T> {
		let older = this.#newest;
		if (this.#oldest !== undefined && item.sequence < this.#oldest.item.sequence) older = undefined;
		else while (older !== undefined && older.item.sequence > item.sequence) older = older.older;
		const newer = older === undefined ? this.#oldest : older.newer;
		const link: Link<T> = { item, older, newer };
		if (older === undefined) this.#oldest = link;
		else older.newer = link;
		if (newer === undefined) this.#newest = link;
		else newer.older = link;
		this.#size++;
		return link;
	}

	/** Takes out an item of this list. The link must be one that `insert` of this list gave and that was not removed yet. */
	remove(link: Link<T>): void {
		if (link.older === undefined) this.#oldest = link.newer;
		else link.older.newer = link.newer;
		if (link.newer === undefined) this.#newest = link.older;
		else link.newer.older = link.older;
		this.#size--;
	}

	*oldestFirst(): Generator<T> {
		for (let link = this.#oldest; link !== undefined; link = link.newer) yield link.item;
	}
}
