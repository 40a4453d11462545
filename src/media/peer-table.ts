import type { RemoteAddress } from '../ice/path-table.ts';
import { AddressTable } from './address-table.ts';
import type { EnginePeer } from './engine-peer.ts';
import { RoamingTable } from './roaming-table.ts';

const NOBODY: readonly EnginePeer[] = [];

/** Every way by which a datagram or a command finds its peer. What `add` and the notes put in, `remove` takes out. */
export class PeerTable {
	readonly #byId = new Map<string, EnginePeer>();
	readonly #byUfrag = new Map<string, EnginePeer>();
	readonly #byAddress = new AddressTable<EnginePeer>();
	readonly roaming = new RoamingTable<EnginePeer>();

	add(peer: EnginePeer): void {
		this.#byId.set(peer.peerId, peer);
		this.addUfrag(peer.agent.local.ufrag, peer);
	}

	remove(peer: EnginePeer): void {
		this.#byId.delete(peer.peerId);
		for (const ufrag of peer.ufrags) this.#byUfrag.delete(ufrag);
		for (const { address, port } of peer.agent.addresses) this.#byAddress.remove(address, port, peer);
		this.roaming.remove(peer);
	}

	get(peerId: string): EnginePeer | undefined {
		return this.#byId.get(peerId);
	}

	all(): IterableIterator<EnginePeer> {
		return this.#byId.values();
	}

	withUfrag(ufrag: string): EnginePeer | undefined {
		return this.#byUfrag.get(ufrag);
	}

	/** Peers that have authenticated from here, the most recently proven first. */
	at(from: RemoteAddress): readonly EnginePeer[] {
		return this.#byAddress.find(from.address, from.port) ?? NOBODY;
	}

	addUfrag(ufrag: string, peer: EnginePeer): void {
		peer.ufrags.add(ufrag);
		this.#byUfrag.set(ufrag, peer);
	}

	retireUfrag(ufrag: string | undefined, peer: EnginePeer): void {
		if (ufrag !== undefined && peer.ufrags.delete(ufrag)) this.#byUfrag.delete(ufrag);
	}

	/** An authentic check of the peer came from here. A check can be sent from anywhere, so those who were here before keep their place. */
	addAddress(from: RemoteAddress, peer: EnginePeer): void {
		this.#byAddress.add(from.address, from.port, peer);
	}

	/** Authentic media of the peer came from here. */
	promote(from: RemoteAddress, peer: EnginePeer): void {
		this.#byAddress.promote(from.address, from.port, peer);
	}

	forgetAddress(from: RemoteAddress | undefined, peer: EnginePeer): void {
		if (from !== undefined) this.#byAddress.remove(from.address, from.port, peer);
	}

	/** How much is held of everything; all zero when no peer is left. */
	get sizes(): { readonly peers: number; readonly ufrags: number; readonly addresses: number; readonly roamingSsrcs: number } {
		return { peers: this.#byId.size, ufrags: this.#byUfrag.size, addresses: this.#byAddress.size, roamingSsrcs: this.roaming.size };
	}
}
