import type { Clock } from '../runtime/clock.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { FloodBudget } from './flood-budget.ts';
import type { SignalingCounts } from './signaling-counts.ts';

/** The part of a WebSocket that a connection needs. All are harmless on a closed one. */
export interface WireSocket {
	/** Bytes accepted for sending that the network has not taken yet. */
	readonly bufferedAmount: number;
	send(text: string): void;
	ping(): void;
	/** The closing handshake. */
	close(code: number, reason: string): void;
	/** The end at once, for one that does not answer or read. */
	terminate(): void;
}

/** Who speaks over a connection. */
export interface ConnectionHandler {
	frame(text: string): void;
	/** Called once; `code` is the client's close code, 1006 for a loss without one (RFC 6455 7.1.5), or the server's own. */
	closed(code: number): void;
}

export interface ConnectionOptions {
	readonly wire: WireSocket;
	readonly clock: Clock;
	readonly limits: ConnectionLimits;
	readonly counts: SignalingCounts;
}

/** One client's WebSocket, held to its limits: floods, slow readers and silence end it, whoever speaks over it. */
export class Connection {
	readonly #wire: WireSocket;
	readonly #clock: Clock;
	readonly #limits: ConnectionLimits;
	readonly #counts: SignalingCounts;
	readonly #frames: FloodBudget;
	readonly #badInput: FloodBudget;
	readonly #offers: FloodBudget;
	#handler: ConnectionHandler | undefined;
	#lastHeardMs: number;
	#cancelPing: () => void;
	#closedWith: number | undefined;

	constructor({ wire, clock, limits, counts }: ConnectionOptions) {
		this.#wire = wire;
		this.#clock = clock;
		this.#limits = limits;
		this.#counts = counts;
		this.#frames = new FloodBudget(limits.frames);
		this.#badInput = new FloodBudget(limits.badInput);
		this.#offers = new FloodBudget(limits.offers);
		this.#lastHeardMs = clock.nowMs();
		this.#cancelPing = clock.setTimer(() => this.#keepAlive(), limits.pingMs);
		counts.sockets++;
	}

	/** The code it has closed with, as its handler is told; undefined while it is open. */
	get closedWith(): number | undefined {
		return this.#closedWith;
	}

	/** Sets who speaks over it. One that has closed already, as a send may do, tells so at once. */
	open(handler: ConnectionHandler): void {
		this.#handler = handler;
		if (this.#closedWith !== undefined) handler.closed(this.#closedWith);
	}

	/** A whole message has come, text or binary alike. */
	received(message: Uint8Array): void {
		if (this.#closed || !this.#heard()) return;
		this.#counts.frames++;
		this.#handler?.frame(Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString('utf8'));
	}

	/** A ping, or the answer to one, has come. */
	alive(): void {
		if (!this.#closed) this.#heard();
	}

	/** The socket has closed, from whichever side. */
	wireClosed(code: number): void {
		this.#end(code);
	}

	send(text: string): void {
		if (this.#closed) return;
		if (this.#wire.bufferedAmount + text.length > this.#limits.maxBufferedBytes) {
			// A close frame would queue behind what is not being read.
			this.#counts.slowReaders++;
			this.#wire.terminate();
			this.#end(1006);
			return;
		}
		this.#wire.send(text);
	}

	close(code: number, reason: string): void {
		if (this.#closed) return;
		this.#wire.close(code, reason);
		this.#end(code);
	}

	/** Counts what the client should not have sent. Too much of it closes the socket with 1008. */
	blame(): void {
		this.#counts.badFrames++;
		if (!this.#closed && !this.#badInput.spend(this.#clock.nowMs())) this.#closeFlood('Too much bad input');
	}

	/** Counts an offer. Returns false when that was one too many: the socket is closed with 1008, and the offer is not to be read. */
	offered(): boolean {
		if (this.#closed) return false;
		if (this.#offers.spend(this.#clock.nowMs())) return true;
		this.#closeFlood('Too many offers');
		return false;
	}

	get #closed(): boolean {
		return this.#closedWith !== undefined;
	}

	/** Returns false when that was too much. */
	#heard(): boolean {
		this.#lastHeardMs = this.#clock.nowMs();
		if (this.#frames.spend(this.#lastHeardMs)) return true;
		this.#closeFlood('Too many messages');
		return false;
	}

	#closeFlood(reason: string): void {
		this.#counts.floods++;
		this.close(1008, reason);
	}

	#keepAlive(): void {
		if (this.#clock.nowMs() - this.#lastHeardMs >= this.#limits.silenceMs) {
			this.#counts.silentSockets++;
			this.#wire.terminate();
			this.#end(1006);
			return;
		}
		this.#wire.ping();
		this.#cancelPing = this.#clock.setTimer(() => this.#keepAlive(), this.#limits.pingMs);
	}

	#end(code: number): void {
		if (this.#closed) return;
		this.#closedWith = code;
		this.#counts.sockets--;
		this.#cancelPing();
		this.#handler?.closed(code);
	}
}
