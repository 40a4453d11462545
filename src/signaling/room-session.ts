import type { Peer, PeerRole } from '../room/peer.ts';
import type { Room } from '../room/room.ts';
import type { SignalSocket } from '../room/signal-socket.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import { parseFrame, writeFrame } from './message-codec.ts';
import type { SignalingCounts } from './signaling-counts.ts';

export interface RoomSessionOptions {
	readonly room: Room;
	readonly role: PeerRole;
	readonly version: 1 | 2;
	readonly url: string;
	/** A v2 client's way back to its earlier peer. */
	readonly resumeToken: string | undefined;
	readonly connection: Connection;
	readonly counts: SignalingCounts;
}

/**
 * Closes that say "I am done": normal, going away (a page that is left), and a close frame without a code, which is what
 * `socket.close()` sends. Any other loss of a socket may be the network's doing.
 */
const deliberateCloses: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** A client's part in a room: its frames go to its peer, the peer's words to its socket. */
export class RoomSession implements ConnectionHandler, SignalSocket {
	readonly version: 1 | 2;
	readonly url: string;
	readonly #room: Room;
	readonly #role: PeerRole;
	readonly #connection: Connection;
	readonly #counts: SignalingCounts;
	#peer: Peer;
	#isFirstFrame = true;

	constructor({ room, role, version, url, resumeToken, connection, counts }: RoomSessionOptions) {
		this.version = version;
		this.url = url;
		this.#room = room;
		this.#role = role;
		this.#connection = connection;
		this.#counts = counts;
		const resumed = resumeToken !== undefined ? room.resume(resumeToken, role, this) : undefined;
		this.#peer = resumed ?? room.join(role, this);
		connection.open(this);
	}

	send(event: string, data: string, via?: 'http'): void {
		this.#connection.send(writeFrame(event, data, via));
	}

	close(code: number, reason: string): void {
		this.#connection.close(code, reason);
	}

	frame(text: string): void {
		const isFirst = this.#isFirstFrame;
		this.#isFirstFrame = false;
		const frame = parseFrame(text);
		if (frame.type === 'bad') {
			this.#refuse(frame.error);
			return;
		}
		if (frame.type === 'unknown') {
			this.#counts.unknownEvents++;
			return;
		}
		switch (frame.event) {
			case 'offer':
				if (!this.#connection.offered()) break;
				if (!this.#peer.receive({ event: 'offer', data: frame.data })) this.#connection.blame();
				break;
			case 'answer':
			case 'candidate':
				if (!this.#peer.receive({ event: frame.event, data: frame.data })) this.#connection.blame();
				break;
			case 'duress-stop':
				this.#peer.remove('stopped');
				break;
			case 'restart':
				if (this.version === 2) this.#peer.restart();
				else this.#counts.unknownEvents++;
				break;
			case 'resume':
				if (this.version === 2) this.#resume(frame.data, isFirst);
				else this.#counts.unknownEvents++;
				break;
		}
	}

	closed(code: number): void {
		// A newer socket may have taken the peer over.
		if (this.#peer.socket !== this) return;
		if (deliberateCloses.has(code)) this.#peer.remove('left');
		else this.#peer.park();
	}

	#resume(data: string, isFirst: boolean): void {
		const token = resumeToken(data);
		const fresh = this.#peer;
		const earlier = isFirst && token !== undefined && token !== fresh.resumeToken ? this.#room.resume(token, this.#role, this) : undefined;
		if (earlier === undefined) {
			this.#refuse('Nothing to resume');
			return;
		}
		this.#peer = earlier;
		fresh.remove('superseded');
		// What the earlier peer was sent may have been too much for the socket. It closed in the fresh one's name then.
		const { closedWith } = this.#connection;
		if (closedWith !== undefined) this.closed(closedWith);
	}

	#refuse(error: string): void {
		this.send('error', error);
		this.#connection.blame();
	}
}

/** The token of a `resume` frame, whose data is JSON text `{"token"}`; the bare token is taken too. */
function resumeToken(data: string): string | undefined {
	try {
		const value: unknown = JSON.parse(data);
		if (typeof value === 'object' && value !== null && 'token' in value && typeof value.token === 'string') return value.token;
		return undefined;
	} catch {
		return data;
	}
}
