import { type RtcpPacket, writeRtcp } from '../rtcp/compound.ts';
import type { EnginePeer } from './engine-peer.ts';
import type { MediaSocket } from './media-socket.ts';

/** Protects RTCP and sends it to one peer, if there are keys and a path. */
export class RtcpWriter {
	readonly #socket: MediaSocket;

	constructor(socket: MediaSocket) {
		this.#socket = socket;
	}

	/** One compound (reduced-size where it is feedback alone, RFC 5506: every offer and answer has `a=rtcp-rsize`). */
	send(peer: EnginePeer, packets: readonly RtcpPacket[]): void {
		this.sendBytes(peer, writeRtcp(packets));
	}

	/** A copy goes to where the peer's media comes from, if that is another address: protected once, since no index may cover two packets. */
	sendBytes(peer: EnginePeer, compound: Uint8Array): void {
		const { outlet, path } = peer;
		if (outlet === undefined || path === undefined) return;
		const out = this.#socket.slot();
		const length = outlet.sender.protectRtcp(compound, compound.length, out);
		this.#socket.send(out, length, path.address, path.port);
		const elsewhere = peer.roamingFeedback.take(length, path, performance.now());
		if (elsewhere === undefined) return;
		const copy = this.#socket.slot();
		copy.set(out.subarray(0, length));
		this.#socket.send(copy, length, elsewhere.address, elsewhere.port);
	}
}
