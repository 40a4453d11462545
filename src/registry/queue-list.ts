/** One place in a `QueueList`; whoever put the item there keeps it, to take the item out again. */
export interface Link<T> {
	readonly item: T;
	older: Link<T> | undefined;
	newer: Link<T> | undefined;
}

/**
 * A doubly linked list in order of arrival: append, take out anywhere and read both ends, each in constant time however many are
 * held. An array would move up to 100,000 entries for each request that is taken from its middle.
 */
export class QueueList<T> {
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

	append(item: T): Link<T> {
		const link: Link<T> = { item, older: this.#newest, newer: undefined };
		if (this.#newest === undefined) this.#oldest = link;
		else this.#newest.newer = link;
		this.#newest = link;
		this.#size++;
		return link;
	}

	/** Takes out an item of this list. The link must be one that `append` of this list gave and that was not removed yet. */
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
