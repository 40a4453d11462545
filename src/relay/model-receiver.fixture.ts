/** A receiver's estimate of the packet index, starting at roll-over 0 (RFC 3711 3.3.1 and appendix A). */
export class ModelReceiver {
	#rollover = 0;
	#highest: number | undefined;

	indexOf(sequence: number): number {
		this.#highest ??= sequence;
		let rollover = this.#rollover;
		if (this.#highest < 0x8000 && sequence - this.#highest > 0x8000) rollover = this.#rollover - 1;
		else if (this.#highest >= 0x8000 && this.#highest - 0x8000 > sequence) rollover = this.#rollover + 1;
		if (rollover > this.#rollover || (rollover === this.#rollover && sequence > this.#highest)) {
			this.#rollover = rollover;
			this.#highest = sequence;
		}
		return rollover * 0x10000 + sequence;
	}
}
