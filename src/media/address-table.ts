/**
 * Who speaks from which remote address. Ports are looked up first because nearly every remote port is unique, so the common case
 * is one integer map access and one string comparison, without building a key per packet.
 */
export class AddressTable<T> {
	readonly #byPort = new Map<number, Map<string, T>>();
	#size = 0;

	get size(): number {
		return this.#size;
	}

	find(address: string, port: number): T | undefined {
		return this.#byPort.get(port)?.get(address);
	}

	set(address: string, port: number, value: T): void {
		let addresses = this.#byPort.get(port);
		if (addresses === undefined) {
			addresses = new Map();
			this.#byPort.set(port, addresses);
		}
		if (!addresses.has(address)) this.#size += 1;
		addresses.set(address, value);
	}

	/** Forgets the address if it still belongs to `value`. */
	remove(address: string, port: number, value: T): void {
		const addresses = this.#byPort.get(port);
		if (addresses?.get(address) !== value) return;
		addresses.delete(address);
		this.#size -= 1;
		if (addresses.size === 0) this.#byPort.delete(port);
	}
}
