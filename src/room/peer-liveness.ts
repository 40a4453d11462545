import type { RoomLimits } from './room-limits.ts';

/**
 * When a peer is given up. Liveness is the last authenticated ICE check, which the engine watches; the socket matters only until
 * media flows: a phone may lose its socket and go on sending.
 *
 * | media | socket | given up |
 * |---|---|---|
 * | connected, checks coming | any | never |
 * | connected, silent | any | `silentParkMs` after the silence was noticed or a socket returned |
 * | never connected | open, or none from the first | `unconnectedMs` after the last finished negotiation |
 * | never connected | lost | `unconnectedParkMs` after the loss |
 */
export class PeerLiveness {
	readonly #limits: Pick<RoomLimits, 'silentParkMs' | 'unconnectedParkMs' | 'unconnectedMs'>;
	#connected = false;
	#hasBeenConnected = false;
	#silentSinceMs: number | undefined;
	#parkedSinceMs: number | undefined;
	#waitingSinceMs: number;

	constructor(limits: Pick<RoomLimits, 'silentParkMs' | 'unconnectedParkMs' | 'unconnectedMs'>, nowMs: number) {
		this.#limits = limits;
		this.#waitingSinceMs = nowMs;
	}

	get isConnected(): boolean {
		return this.#connected;
	}

	/** Also when the transport has started over since. */
	get hasBeenConnected(): boolean {
		return this.#hasBeenConnected;
	}

	/** Checks have ceased. */
	get isSilent(): boolean {
		return this.#silentSinceMs !== undefined;
	}

	/** Monotonic milliseconds, undefined: not while things stay as they are. */
	get deadlineMs(): number | undefined {
		if (this.#connected) return this.#silentSinceMs === undefined ? undefined : this.#silentSinceMs + this.#limits.silentParkMs;
		if (this.#parkedSinceMs !== undefined) return this.#parkedSinceMs + this.#limits.unconnectedParkMs;
		return this.#waitingSinceMs + this.#limits.unconnectedMs;
	}

	/** A negotiation was finished: ICE has its full time from here. */
	negotiated(nowMs: number): void {
		this.#waitingSinceMs = nowMs;
	}

	connected(): void {
		this.#connected = true;
		this.#hasBeenConnected = true;
		this.#silentSinceMs = undefined;
	}

	/** The transport starts over from nothing. */
	renewed(nowMs: number): void {
		this.#connected = false;
		this.#silentSinceMs = undefined;
		this.#waitingSinceMs = nowMs;
	}

	silent(nowMs: number): void {
		this.#silentSinceMs = nowMs;
	}

	back(): void {
		this.#silentSinceMs = undefined;
	}

	socketLost(nowMs: number): void {
		this.#parkedSinceMs = nowMs;
	}

	/** A client that has just returned gets the whole time to bring its media back. */
	socketReturned(nowMs: number): void {
		this.#parkedSinceMs = undefined;
		this.#waitingSinceMs = nowMs;
		if (this.#silentSinceMs !== undefined) this.#silentSinceMs = nowMs;
	}
}
