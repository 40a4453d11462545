/**
 * Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1), RTPFB with FMT 15.
 *
 *    |                     SSRC of packet sender                     |
 *    |                      SSRC of media source                     |
 *    |      base sequence number     |      packet status count      |
 *    |                 reference time (24)           | fb pkt. count |
 *    |          packet chunk         |         packet chunk …        |
 *    |  recv delta … (1 or 2 bytes each)             | zero padding  |
 */
import { allocateRtcp, type RtcpFrame, TRANSPORT_FEEDBACK } from './header.ts';
import { encodeStatusChunks, LARGE_DELTA, NOT_RECEIVED, readStatuses, SMALL_DELTA, type StatusSymbol } from './transport-cc-chunks.ts';

export const TRANSPORT_CC_FORMAT = 15;

/** One delta tick is 250 µs. */
export const TRANSPORT_CC_TICKS_PER_MS = 4;
/** The reference time counts 64 ms. */
export const TRANSPORT_CC_TICKS_PER_REFERENCE = 256;
/** The widest step between two arrivals that a 2-byte delta holds: 8.19 s. A longer silence needs a packet of its own. */
export const MAX_DELTA_TICKS = 0x7fff;
export const MIN_DELTA_TICKS = -0x8000;
/** One full run-length chunk. Eight thousand packets within one feedback interval are beyond any sender; it bounds what a peer's packet expands to. */
export const MAX_STATUS_COUNT = 8191;

const FIXED_BYTES = 16;

export interface TransportCcFeedback {
	readonly type: 'transport-cc';
	readonly senderSsrc: number;
	readonly mediaSsrc: number;
	/** Transport-wide sequence number of the first entry of `arrivals`. */
	readonly baseSequence: number;
	/** Multiples of 64 ms on the receiver's clock, 24 bits, wrapping. */
	readonly referenceTime: number;
	/** Number of this feedback packet, 0…255, wrapping. */
	readonly feedbackCount: number;
	/**
	 * One entry for each sequence number from the base on: its arrival in ticks of 250 µs after the reference time, or undefined when it
	 * was not received.
	 */
	readonly arrivals: readonly (number | undefined)[];
}

/** The reference time of an arrival, 24 bits, so that its own tick count (see {@link ticksAfter}) is 0…255. */
export function referenceTimeOf(arrivalMs: number): number {
	return Math.floor(arrivalMs / 64) % 0x1000000;
}

/** An arrival in whole ticks after the reference time of `firstArrivalMs`; both on the same clock. */
export function ticksAfter(firstArrivalMs: number, arrivalMs: number): number {
	return Math.floor((arrivalMs - Math.floor(firstArrivalMs / 64) * 64) * TRANSPORT_CC_TICKS_PER_MS);
}

export function readTransportCc({ body }: RtcpFrame): TransportCcFeedback | undefined {
	if (body.byteLength < FIXED_BYTES) return undefined;
	const statusCount = body.getUint16(10);
	if (statusCount === 0 || statusCount > MAX_STATUS_COUNT) return undefined;
	const statuses = readStatuses(body, FIXED_BYTES, statusCount);
	if (statuses === undefined) return undefined;

	const arrivals: (number | undefined)[] = [];
	let at = statuses.end;
	let ticks = 0;
	for (const symbol of statuses.symbols) {
		if (symbol === NOT_RECEIVED) {
			arrivals.push(undefined);
			continue;
		}
		if (at + symbol > body.byteLength) return undefined;
		ticks += symbol === SMALL_DELTA ? body.getUint8(at) : body.getInt16(at);
		at += symbol;
		arrivals.push(ticks);
	}
	return {
		type: 'transport-cc',
		senderSsrc: body.getUint32(0),
		mediaSsrc: body.getUint32(4),
		baseSequence: body.getUint16(8),
		referenceTime: body.getUint32(12) >>> 8,
		feedbackCount: body.getUint8(15),
		arrivals,
	};
}

/**
 * @throws RangeError when `arrivals` is empty or longer than {@link MAX_STATUS_COUNT}, or when two neighbouring arrivals (or the
 * reference time and the first) lie further apart than {@link MIN_DELTA_TICKS}…{@link MAX_DELTA_TICKS}: the caller splits there
 */
export function writeTransportCc(feedback: TransportCcFeedback): Uint8Array {
	const { arrivals } = feedback;
	if (arrivals.length === 0 || arrivals.length > MAX_STATUS_COUNT) throw new RangeError(`${arrivals.length} statuses in one feedback`);
	const symbols: StatusSymbol[] = [];
	const deltas: number[] = [];
	let deltaBytes = 0;
	let previous = 0;
	for (const arrival of arrivals) {
		if (arrival === undefined) {
			symbols.push(NOT_RECEIVED);
			continue;
		}
		const delta = arrival - previous;
		if (delta < MIN_DELTA_TICKS || delta > MAX_DELTA_TICKS) throw new RangeError(`a delta of ${delta} ticks does not fit`);
		const symbol = delta >= 0 && delta <= 0xff ? SMALL_DELTA : LARGE_DELTA;
		symbols.push(symbol);
		deltas.push(delta);
		deltaBytes += symbol;
		previous = arrival;
	}
	const chunks = encodeStatusChunks(symbols);

	const used = FIXED_BYTES + 2 * chunks.length + deltaBytes;
	const padding = (4 - (used % 4)) % 4;
	const { packet, body } = allocateRtcp(TRANSPORT_FEEDBACK, TRANSPORT_CC_FORMAT, used + padding);
	body.setUint32(0, feedback.senderSsrc);
	body.setUint32(4, feedback.mediaSsrc);
	body.setUint16(8, feedback.baseSequence);
	body.setUint16(10, arrivals.length);
	body.setUint32(12, ((feedback.referenceTime & 0xffffff) << 8) | (feedback.feedbackCount & 0xff));
	let at = FIXED_BYTES;
	for (const chunk of chunks) {
		body.setUint16(at, chunk);
		at += 2;
	}
	for (const delta of deltas) {
		if (delta >= 0 && delta <= 0xff) {
			body.setUint8(at, delta);
			at += 1;
		} else {
			body.setInt16(at, delta);
			at += 2;
		}
	}
	if (padding > 0) {
		// Announced as RTCP padding, as libwebrtc does, so that a reader need not know where the deltas end.
		packet[0] = (packet[0] ?? 0) | 0x20;
		body.setUint8(at + padding - 1, padding);
	}
	return packet;
}
