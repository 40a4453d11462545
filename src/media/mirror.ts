import type { MessagePort } from 'node:worker_threads';
import type { NtpTime } from '../rtcp/ntp.ts';
import type { MediaKind } from '../rtp/codecs.ts';

/** What the worker at which a publication is at home tells another that serves viewers of it, once for each packet. */
export type MirrorMessage =
	| {
			readonly type: 'picture';
			/** In the shape of relay/outbound-packet.ts. */
			readonly packet: Uint8Array;
			readonly extendedSequence: number;
			/** See packet-flags.ts. */
			readonly flags: number;
			readonly timestampLine: number;
	  }
	| {
			readonly type: 'sound';
			readonly packet: Uint8Array;
			readonly extendedSequence: number;
			readonly isRed: boolean;
			readonly timestampLine: number;
	  }
	/** A sender report of the peer with this serial, its timestamp on the outbound line. */
	| { readonly type: 'report'; readonly kind: MediaKind; readonly feed: number; readonly ntp: NtpTime; readonly timestamp: number };

/** What such a worker tells the home: its viewers need a keyframe that it does not have. */
export type MirrorRequest = 'keyframe';

/** The mirrors of one publication, seen from its home. */
export class Mirrors {
	readonly #ports = new Set<MessagePort>();

	get isEmpty(): boolean {
		return this.#ports.size === 0;
	}

	/** @param onRequest called when the other side asks for a keyframe */
	add(port: MessagePort, onRequest: () => void): void {
		this.#ports.add(port);
		port.on('message', onRequest);
		port.on('close', () => this.#ports.delete(port));
	}

	send(message: MirrorMessage): void {
		for (const port of this.#ports) port.postMessage(message);
	}

	close(): void {
		for (const port of this.#ports) port.close();
	}
}
