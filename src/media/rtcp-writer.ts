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

	sendBytes(peer: EnginePeer, compound: Uint8Array): void {
		const { outlet } = peer;
		if (outlet?.address === undefined) return;
		const out = this.#socket.slot();
		this.#socket.send(out, outlet.sender.protectRtcp(compound, compound.length, out), outlet.address, outlet.port);
	}
}
