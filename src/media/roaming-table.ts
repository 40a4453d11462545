import { MAX_ROAMING_SSRCS, MAX_ROAMING_TRIES_PER_ADDRESS, MAX_ROAMING_TRIES_PER_SSRC, MAX_TRIES_PER_PACKET } from './media-limits.ts';

/** What the table needs to know of a peer. */
export interface RoamingPeer {
	/** SSRCs by which it is found, filled by {@link RoamingTable.note}. */
	readonly ssrcs: Set<number>;
}

/**
 * Finds the peers that a packet from an unknown address may belong to, by its SSRC: a phone that changes networks goes on sending
 * at once, seconds before its next ICE check. Only trying the keys tells, so the trying is bounded: candidates per packet, tries
 * per address and tries per SSRC within a second.
 */
export class RoamingTable<Peer extends RoamingPeer> {
	readonly #bySsrc = new Map<number, Peer[]>();
	readonly #tries = new Map<string, number>();
	readonly #triesBySsrc = new Map<number, number>();
	#secondStartMs = Number.NEGATIVE_INFINITY;

	get size(): number {
		return this.#bySsrc.size;
	}

	/** An authentic packet of `peer` carried this SSRC. */
	note(peer: Peer, ssrc: number): void {
		if (peer.ssrcs.has(ssrc) || peer.ssrcs.size >= MAX_ROAMING_SSRCS) return;
		const peers = this.#bySsrc.get(ssrc) ?? [];
		if (peers.length >= MAX_TRIES_PER_PACKET) return;
		peer.ssrcs.add(ssrc);
		this.#bySsrc.set(ssrc, [...peers, peer]);
	}

	remove(peer: Peer): void {
		for (const ssrc of peer.ssrcs) {
			const rest = (this.#bySsrc.get(ssrc) ?? []).filter((other) => other !== peer);
			if (rest.length === 0) this.#bySsrc.delete(ssrc);
			else this.#bySsrc.set(ssrc, rest);
		}
		peer.ssrcs.clear();
	}

	/** The peers whose keys may be tried on a packet from here now. */
	candidates(ssrc: number, address: string, nowMs: number): readonly Peer[] {
		const peers = this.#bySsrc.get(ssrc);
		if (peers === undefined) return [];
		if (nowMs - this.#secondStartMs >= 1000) {
			this.#secondStartMs = nowMs;
			this.#triesBySsrc.clear();
			this.#tries.clear();
		}
		const tries = this.#tries.get(address) ?? 0;
		const triesForSsrc = this.#triesBySsrc.get(ssrc) ?? 0;
		if (triesForSsrc >= MAX_ROAMING_TRIES_PER_SSRC || tries >= MAX_ROAMING_TRIES_PER_ADDRESS) return [];
		this.#triesBySsrc.set(ssrc, triesForSsrc + 1);
		this.#tries.set(address, tries + 1);
		return peers;
	}
}
