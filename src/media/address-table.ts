/**
 * Peers that may share one remote address: connections of one client that uses one socket for all. Whoever knows a peer's address
 * can put peers of its own beside it by forged source addresses, so there are few, and those that prove themselves come first.
 */
const MAX_PEERS_PER_ADDRESS = 4;

/**
 * Who speaks from which remote address, the most recently proven first. Ports are looked up first because nearly every remote port is
 * unique, so the common case is one integer map access and one string comparison, without building a key per packet.
 */
export class AddressTable<T> {
	readonly #byPort = new Map<number, Map<string, T[]>>();
	#size = 0;

	/** Addresses held. */
	get size(): number {
		return this.#size;
	}

	find(address: string, port: number): readonly T[] | undefined {
		return this.#byPort.get(port)?.get(address);
	}

	/** Adds a peer behind the others; among too many, the one that was proven the longest ago makes room. */
	add(address: string, port: number, value: T): void {
		let addresses = this.#byPort.get(port);
		if (addresses === undefined) {
			addresses = new Map();
			this.#byPort.set(port, addresses);
		}
		const peers = addresses.get(address);
		if (peers === undefined) {
			addresses.set(address, [value]);
			this.#size += 1;
		} else if (!peers.includes(value)) {
			if (peers.length === MAX_PEERS_PER_ADDRESS) peers.pop();
			peers.push(value);
		}
	}

	/** The peer has proven to be at this address: it comes first from now on. */
	promote(address: string, port: number, value: T): void {
		this.add(address, port, value);
		const peers = this.#byPort.get(port)?.get(address);
		if (peers === undefined || peers[0] === value) return;
		peers.splice(peers.indexOf(value), 1);
		peers.unshift(value);
	}

	remove(address: string, port: number, value: T): void {
		const addresses = this.#byPort.get(port);
		const peers = addresses?.get(address);
		const at = peers?.indexOf(value) ?? -1;
		if (addresses === undefined || peers === undefined || at < 0) return;
		peers.splice(at, 1);
		if (peers.length > 0) return;
		addresses.delete(address);
		this.#size -= 1;
		if (addresses.size === 0) this.#byPort.delete(port);
	}
}
