import type { RemoteAddress } from '../ice/path-table.ts';
import { MAX_ROAMING_FEEDBACK_PER_SECOND, ROAMING_FEEDBACK_MS } from './media-limits.ts';

/** Bytes that may be saved up: a few packets. What came long ago pays for nothing. */
const MAX_ALLOWANCE_BYTES = 8192;
/** Headers of IPv6 and UDP: counted for what goes out and not for what comes in, so that many small datagrams are no way around the allowance. */
const DATAGRAM_OVERHEAD_BYTES = 48;

/**
 * Where feedback goes besides the selected path: to the address that fresh media comes from. A phone whose NAT gave it another address
 * is heard there at once, but hears there only after its next check, up to 2.5 s later; until then its repairs would not be asked for.
 *
 * Media proves less than a check that nominates: whoever is quicker than the phone can send its packets from elsewhere. So the selected path is
 * sent everything all the same, and the other address copies of feedback alone, fewer bytes than came from there.
 */
export class RoamingFeedback {
	#from: RemoteAddress | undefined;
	#lastMs = Number.NEGATIVE_INFINITY;
	#allowance = 0;
	#secondStartMs = Number.NEGATIVE_INFINITY;
	#copies = 0;

	/** An authentic packet of so many bytes, not a replay, came from an address other than the selected one. */
	mediaFrom({ address, port }: RemoteAddress, bytes: number, nowMs: number): void {
		const known = this.#from;
		if (known === undefined || known.port !== port || known.address !== address) {
			this.#from = { address, port };
			this.#allowance = 0;
		}
		this.#lastMs = nowMs;
		this.#allowance = Math.min(MAX_ALLOWANCE_BYTES, this.#allowance + bytes);
	}

	/** The other address, if a copy of so many bytes may go there now. It counts as sent then. */
	take(bytes: number, selected: RemoteAddress, nowMs: number): RemoteAddress | undefined {
		const to = this.#from;
		if (to === undefined) return undefined;
		const isSelected = to.port === selected.port && to.address === selected.address;
		if (isSelected || nowMs - this.#lastMs > ROAMING_FEEDBACK_MS) {
			this.#from = undefined;
			return undefined;
		}
		if (nowMs - this.#secondStartMs >= 1000) {
			this.#secondStartMs = nowMs;
			this.#copies = 0;
		}
		const cost = bytes + DATAGRAM_OVERHEAD_BYTES;
		if (cost > this.#allowance || this.#copies >= MAX_ROAMING_FEEDBACK_PER_SECOND) return undefined;
		this.#allowance -= cost;
		this.#copies += 1;
		return to;
	}
}
