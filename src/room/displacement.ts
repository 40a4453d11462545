/** What decides who gives way in a full room. */
export interface Occupant {
	/** Its place in the order of arrival; the higher, the newer. */
	readonly arrival: number;
	/** Media could flow at some time. Until then nothing has proven that somebody is there. */
	readonly hasBeenConnected: boolean;
	/** ICE checks have ceased. */
	readonly isSilent: boolean;
	/** Its socket is lost. */
	readonly isParked: boolean;
	/** An offer and an answer have met. */
	readonly hasNegotiated: boolean;
	/** `client`: it came by one request and has no socket. */
	readonly offers: 'server' | 'client';
}

/** A first number that says who goes before whom, and a second for those that are alike; the lowest go first. */
type Rank = readonly [number, number];

/**
 * The viewer that gives way to a newcomer: one that was never connected, so that places cannot be held by asking for them; the oldest, as
 * it has had the most time. Then one that has fallen silent or has lost its socket. Undefined when all are connected.
 */
export function viewerToDisplace<Viewer extends Occupant>(viewers: readonly Viewer[]): Viewer | undefined {
	return lowest(viewers, ({ arrival, hasBeenConnected, isSilent, isParked }): Rank | undefined => {
		if (!hasBeenConnected) return [0, arrival];
		if (isSilent) return [1, arrival];
		return isParked ? [2, arrival] : undefined;
	});
}

/**
 * The broadcaster that gives way, of those that feed nothing. A victim may still be asked for the camera, or be on a bad network: the
 * first that came stays while there is another, and of those that were never connected the newest goes, which a flood is made of. Those
 * that hold nothing open go before those that wait with a socket, and the connected ones last.
 */
export function broadcasterToDisplace<Broadcaster extends Occupant>(idle: readonly Broadcaster[]): Broadcaster | undefined {
	const first = lowest(idle, ({ arrival }): Rank => [0, arrival]);
	const others = idle.filter((broadcaster) => broadcaster !== first);
	return lowest(others, broadcasterRank) ?? first;
}

function broadcasterRank({ arrival, hasBeenConnected, isSilent, isParked, hasNegotiated, offers }: Occupant): Rank {
	if (hasBeenConnected) return [isSilent || isParked ? 3 : 4, arrival];
	if (isParked || offers === 'client') return [0, -arrival];
	return [hasNegotiated ? 2 : 1, -arrival];
}

function lowest<Item>(items: readonly Item[], rankOf: (item: Item) => Rank | undefined): Item | undefined {
	let found: { readonly item: Item; readonly rank: Rank } | undefined;
	for (const item of items) {
		const rank = rankOf(item);
		if (rank === undefined) continue;
		if (found === undefined || rank[0] < found.rank[0] || (rank[0] === found.rank[0] && rank[1] < found.rank[1])) found = { item, rank };
	}
	return found?.item;
}
