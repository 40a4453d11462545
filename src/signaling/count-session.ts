import type { Room } from '../room/room.ts';
import type { CountSocket } from '../room/signal-socket.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Connection, ConnectionHandler } from './connection.ts';

const intervalMs = 1000;

/** Sends the number of peer connections in a room as bare decimal text once a second. What the client sends means nothing. */
export class CountSession implements ConnectionHandler, CountSocket {
	readonly #room: Room;
	readonly #connection: Connection;
	readonly #clock: Clock;
	#cancelTick: () => void;

	constructor(room: Room, connection: Connection, clock: Clock) {
		this.#room = room;
		this.#connection = connection;
		this.#clock = clock;
		this.#cancelTick = clock.setTimer(() => this.#tick(), intervalMs);
		connection.open(this);
		room.addCounter(this);
	}

	frame(): void {}

	close(code: number, reason: string): void {
		this.#connection.close(code, reason);
	}

	closed(): void {
		this.#cancelTick();
		this.#room.removeCounter(this);
	}

	#tick(): void {
		this.#cancelTick = this.#clock.setTimer(() => this.#tick(), intervalMs);
		this.#connection.send(String(this.#room.peerCount));
	}
}
