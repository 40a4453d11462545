import { writeRtcp } from '../../rtcp/compound.ts';
import { createRtpHeader, parseRtpHeader } from '../../rtp/packet.ts';
import { unwrapRetransmission } from '../../rtp/retransmission.ts';
import { firstExtended16, unwrap16 } from '../../rtp/sequence.ts';
import { ModelReceiver } from '../model-receiver.fixture.ts';
import { NUMBER_IN_PAYLOAD, RTX_SSRC, RTX_TYPE, VIDEO_TYPE } from './model-broadcaster.ts';
import type { VirtualLink } from './virtual-link.ts';
import type { VirtualNetwork } from './virtual-network.ts';

/** A packet to a viewer: its plaintext, and the index that it was encrypted under. */
export interface ProtectedPacket {
	readonly bytes: Uint8Array;
	readonly index: number;
}

/** As libwebrtc's NackRequester has them. */
const MAX_MISSING = 1000;
const MAX_TRIES = 100;
const PROCESS_MS = 20;
const DEFAULT_ROUND_TRIP_MS = 100;

/**
 * A viewer that asks for what it misses as Chromium does: at once, then each round trip. It does not if it cannot decrypt: a packet
 * whose index it takes for another, or that comes as something else under an index seen before, is an offence.
 */
export class ModelViewer {
	/** Numbers of the broadcaster's packets received, and when first. */
	readonly received = new Map<number, number>();
	readonly offences: string[] = [];
	keyframeRequests = 0;
	duplicates = 0;
	roundTripMs = DEFAULT_ROUND_TRIP_MS;
	/** Timestamps by number. */
	readonly timestamps = new Map<number, number>();
	readonly #network: VirtualNetwork;
	readonly #feedback: VirtualLink<Uint8Array>;
	readonly #header = createRtpHeader();
	readonly #streams = new Map<number, { readonly receiver: ModelReceiver; readonly seen: Map<number, Uint8Array> }>();
	readonly #missing = new Map<number, { askedMs: number; tries: number }>();
	#highest: number | undefined;

	constructor(network: VirtualNetwork, feedback: VirtualLink<Uint8Array>) {
		this.#network = network;
		this.#feedback = feedback;
		network.every(PROCESS_MS, () => {
			this.#ask((entry) => network.nowMs - entry.askedMs >= this.roundTripMs);
			return true;
		});
	}

	get stillMissing(): number {
		return this.#missing.size;
	}

	receive({ bytes, index }: ProtectedPacket): void {
		const header = this.#header;
		if (!parseRtpHeader(bytes, bytes.length, header)) throw new Error('the server sent a malformed packet');
		if (!this.#decrypts(header.ssrc, header.sequenceNumber, bytes, index)) return;
		if (header.payloadType === RTX_TYPE && !unwrapRetransmission(bytes, header, VIDEO_TYPE, 0)) throw new Error('an empty retransmission');
		const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(header.payloadOffset + NUMBER_IN_PAYLOAD);
		if (!this.received.has(number)) this.received.set(number, this.#network.nowMs);
		if ((this.timestamps.get(number) ?? header.timestamp) !== header.timestamp) this.#offend(`two timestamps for ${number}`);
		this.timestamps.set(number, header.timestamp);
		this.#note(header.sequenceNumber);
	}

	/** SRTP: the index as the receiver estimates it must be the sender's, and one index is one packet. */
	#decrypts(ssrc: number, sequence: number, bytes: Uint8Array, index: number): boolean {
		let stream = this.#streams.get(ssrc);
		if (stream === undefined) {
			stream = { receiver: new ModelReceiver(), seen: new Map() };
			this.#streams.set(ssrc, stream);
		}
		const known = stream.seen.get(index);
		if (known !== undefined) {
			if (Buffer.compare(known, bytes) !== 0) this.#offend(`index ${index} of ${ssrc} covers two packets`);
			// The network doubles packets, too: then it is the same object.
			if (ssrc === RTX_SSRC && known !== bytes) this.#offend('a retransmission number was given twice');
			this.duplicates++;
			return false;
		}
		stream.seen.set(index, bytes);
		if (stream.receiver.indexOf(sequence) === index) return true;
		this.#offend(`index ${index} of ${ssrc} was taken for another`);
		return false;
	}

	#note(sequence: number): void {
		this.#highest ??= firstExtended16(sequence) - 1;
		const extended = unwrap16(this.#highest, sequence);
		this.#missing.delete(extended);
		if (extended <= this.#highest) return;
		if (this.#missing.size + extended - this.#highest - 1 > MAX_MISSING) {
			this.#missing.clear();
			this.keyframeRequests++;
			this.#feedback.send(writeRtcp([{ type: 'picture-loss', senderSsrc: 1, mediaSsrc: 2 }]), 50);
		} else {
			for (let missing = this.#highest + 1; missing < extended; missing++) {
				this.#missing.set(missing, { askedMs: Number.NEGATIVE_INFINITY, tries: 0 });
			}
		}
		this.#highest = extended;
		this.#ask((entry) => entry.tries === 0);
	}

	#ask(isDue: (entry: { readonly askedMs: number; readonly tries: number }) => boolean): void {
		const sequences: number[] = [];
		for (const [missing, entry] of this.#missing) {
			if (!isDue(entry)) continue;
			sequences.push(missing & 0xffff);
			entry.askedMs = this.#network.nowMs;
			if (++entry.tries >= MAX_TRIES) this.#missing.delete(missing);
		}
		if (sequences.length === 0) return;
		const bytes = writeRtcp([{ type: 'generic-nack', senderSsrc: 1, mediaSsrc: 2, sequences }]);
		this.#feedback.send(bytes, bytes.length);
	}

	#offend(what: string): void {
		this.offences.push(`${this.#network.nowMs.toFixed(0)} ms: ${what}`);
	}
}
