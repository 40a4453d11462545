/** A connection that flickers for less than this is left alone: ICE heals a moment of bad radio by itself. */
const flickerMs = 2_000;
/** An offer that was asked for comes within this, or the socket is dead: a network that is gone says nothing about it. */
const offerWithinMs = 2_500;
/** Checks of a restart have this long to find a way. */
const checksWithinMs = 5_000;
/** Restarts that change nothing, before everything begins anew. */
const maxTries = 3;

/** `restart`: ask for an ICE restart. `replace-socket`: the socket does not answer. `anew`: a new session with a new connection. */
export type Remedy = 'restart' | 'replace-socket' | 'anew';

/** Decides what a broken media path needs, step by step. It sets no timer: `remedy` is to be called when `dueMs` has come. */
export class PathRepair {
	#dueMs = Number.POSITIVE_INFINITY;
	#isBroken = false;
	/** The network has changed, and the path may not know yet. */
	#isSuspect = false;
	/** A restart was asked for, and its offer has not come. */
	#isAsked = false;
	#tries = 0;

	/** When there is something to do; Infinity: not while things stay as they are. */
	get dueMs(): number {
		return this.#dueMs;
	}

	connectionState(state: RTCPeerConnectionState, nowMs: number): void {
		if (state === 'connected') this.reset();
		else if (state === 'failed') this.#broken(nowMs);
		else if (state === 'disconnected') this.#broken(nowMs + flickerMs);
	}

	/** The device has another network: the path is asked for anew before it fails. */
	networkChanged(nowMs: number): void {
		this.#isSuspect = true;
		this.#isAsked = false;
		this.#tries = 0;
		this.#dueMs = nowMs;
	}

	/** The server can be spoken to again. */
	socketReturned(nowMs: number): void {
		this.#isAsked = false;
		if (this.#isBroken || this.#isSuspect) this.#dueMs = nowMs;
	}

	/** An offer has come. */
	offered(nowMs: number): void {
		if (!this.#isAsked) return;
		this.#isAsked = false;
		this.#isSuspect = false;
		this.#dueMs = this.#isBroken ? nowMs + checksWithinMs : Number.POSITIVE_INFINITY;
	}

	/** A new connection, or one that works again. */
	reset(): void {
		this.#isBroken = false;
		this.#isSuspect = false;
		this.#isAsked = false;
		this.#tries = 0;
		this.#dueMs = Number.POSITIVE_INFINITY;
	}

	/** What to do now. Without a socket nothing can be done until one returns. */
	remedy(nowMs: number, hasSocket: boolean): Remedy | undefined {
		if (nowMs < this.#dueMs) return undefined;
		this.#dueMs = Number.POSITIVE_INFINITY;
		if (!hasSocket) return undefined;
		if (this.#isAsked) {
			this.#isAsked = false;
			return 'replace-socket';
		}
		if (this.#tries < maxTries) {
			this.#tries += 1;
			this.#isAsked = true;
			this.#dueMs = nowMs + offerWithinMs;
			return 'restart';
		}
		const isBroken = this.#isBroken;
		this.reset();
		return isBroken ? 'anew' : undefined;
	}

	#broken(dueMs: number): void {
		this.#dueMs = this.#isBroken && this.#tries > 0 ? this.#dueMs : Math.min(this.#dueMs, dueMs);
		this.#isBroken = true;
	}
}
