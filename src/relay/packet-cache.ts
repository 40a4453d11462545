import { ByteRate } from './byte-rate.ts';
import { KeyframeGroup } from './keyframe-group.ts';
import { readTimestamp } from './timestamp-squeeze.ts';

/** For {@link PacketCache.store}: this packet begins a keyframe. The other fifteen bits are the caller's. */
export const KEYFRAME_START = 1;

/** No packet of the shape of outbound-packet.ts is longer. */
const MAX_PACKET_BYTES = 1500;
const NONE = -1;
const NO_BYTES = new Uint8Array(0);

export interface CacheLimits {
	/** A power of two. */
	readonly packets: number;
	/** At most 65,536. */
	readonly pageBytes: number;
	/** At most 256. */
	readonly pages: number;
	readonly maxAgeMs: number;
}

/**
 * 2,048 packets are eight seconds of a phone's 2.5 Mbit/s, and half of what the wrap rule allows a join burst (WRAP_MARGIN). 3 MiB
 * hold them at full length. Ten seconds are three of the default keyframe intervals: to catch up over more costs a viewer's decoder
 * longer than a fresh keyframe.
 */
export const videoCacheLimits: CacheLimits = { packets: 2048, pageBytes: 65_536, pages: 48, maxAgeMs: 10_000 };

/** A kept packet. Object and bytes are a copy that lasts until the next `get`; the caller may patch them for one viewer. */
export interface CachedPacket {
	readonly bytes: Uint8Array;
	length: number;
	flags: number;
}

/** A run of packets that is forgotten as one. */
class Page {
	readonly id: number;
	bytes: Uint8Array = NO_BYTES;
	used = 0;
	/** Grows each time the page is emptied: what refers to an earlier one is gone. */
	generation = 0;
	highest = NONE;
	newestMs = 0;
	/** The pages form a ring: after the newest comes the oldest. */
	next: Page = this;

	constructor(id: number) {
		this.id = id;
	}
}

/**
 * The last packets of one source as they leave the server, by their number in the source's line: one cache for all its viewers,
 * for repair and for joins.
 *
 * Bounded by packets, bytes and age: at most 3 MiB of packets and 40 KiB of table. Sound is not kept: it repeats itself. It is
 * allocated page by page as the rate demands, and given back when the source is quiet.
 */
export class PacketCache {
	/** The latest packet stored; -1 before the first. */
	highest = NONE;

	readonly #limits: CacheLimits;
	readonly #mask: number;
	readonly #pages: Page[] = [];
	#newest: Page | undefined;
	readonly #rate = new ByteRate();
	readonly #found: CachedPacket = { bytes: new Uint8Array(MAX_PACKET_BYTES), length: 0, flags: 0 };

	/** What each slot holds. */
	#numbers = new Float64Array(0);
	#pageOf: Uint8Array = NO_BYTES;
	#generations = new Uint32Array(0);
	#offsets = new Uint16Array(0);
	#lengths = new Uint16Array(0);
	#flags = new Uint16Array(0);

	readonly #group = new KeyframeGroup((extendedSequence) => this.#holds(extendedSequence));

	constructor(limits: CacheLimits) {
		this.#limits = limits;
		this.#mask = limits.packets - 1;
	}

	/** Bytes held for packets now. */
	get allocatedBytes(): number {
		return this.#pages.reduce((sum, page) => sum + page.bytes.length, 0);
	}

	/**
	 * Keeps a copy of a packet, unless it is kept already or older than the cache reaches.
	 *
	 * @param bytes a packet in the shape of outbound-packet.ts
	 * @param flags 16 bits, with {@link KEYFRAME_START}
	 */
	store(extendedSequence: number, bytes: Uint8Array, length: number, flags: number, nowMs: number): void {
		const { packets, pageBytes } = this.#limits;
		if (length > MAX_PACKET_BYTES || length > pageBytes || extendedSequence <= this.highest - packets) return;
		if (this.#holds(extendedSequence)) return;
		if (this.#numbers.length === 0) this.#allocateTable(packets);
		this.#rate.add(length, nowMs);

		const page = this.#pageFor(length, nowMs);
		page.bytes.set(bytes.subarray(0, length), page.used);
		const slot = extendedSequence & this.#mask;
		this.#numbers[slot] = extendedSequence;
		this.#pageOf[slot] = page.id;
		this.#generations[slot] = page.generation;
		this.#offsets[slot] = page.used;
		this.#lengths[slot] = length;
		this.#flags[slot] = flags;
		page.used += length;
		page.highest = Math.max(page.highest, extendedSequence);
		page.newestMs = nowMs;

		const before = this.highest;
		this.highest = Math.max(before, extendedSequence);
		this.#group.stored(extendedSequence, before, (flags & KEYFRAME_START) !== 0, readTimestamp(bytes), nowMs);
		if (this.highest - this.#group.first >= packets) this.#group.forget();
	}

	/** The packet, valid until the next call; undefined when it is not kept. */
	get(extendedSequence: number): CachedPacket | undefined {
		if (!this.#holds(extendedSequence)) return undefined;
		const slot = extendedSequence & this.#mask;
		const page = this.#pages[this.#pageOf[slot] ?? 0];
		const offset = this.#offsets[slot] ?? 0;
		const found = this.#found;
		found.length = this.#lengths[slot] ?? 0;
		found.flags = this.#flags[slot] ?? 0;
		if (page !== undefined) found.bytes.set(page.bytes.subarray(offset, offset + found.length));
		return found;
	}

	/** Octets of a kept packet; 0 when it is not kept. */
	lengthOf(extendedSequence: number): number {
		return this.#holds(extendedSequence) ? (this.#lengths[extendedSequence & this.#mask] ?? 0) : 0;
	}

	/** The first packet of the last keyframe, when nothing since then is missing and it is recent enough to start with; else -1. */
	groupStart(nowMs: number): number {
		const group = this.#group;
		return group.isComplete && nowMs - group.startedMs <= this.#limits.maxAgeMs ? group.first : NONE;
	}

	/** What follows does not continue the picture so far: another encoder, another codec. */
	endGroup(): void {
		this.#group.forget();
	}

	/** What the source sent in the last second. */
	rateBps(nowMs: number): number {
		return 8 * this.#rate.lastSecond(nowMs);
	}

	/** Gives back the memory of what is older than the limit. */
	release(nowMs: number): void {
		for (const page of this.#pages) {
			if (page.used === 0 || nowMs - page.newestMs <= this.#limits.maxAgeMs) continue;
			this.#empty(page);
			page.bytes = NO_BYTES;
		}
	}

	#holds(extendedSequence: number): boolean {
		const slot = extendedSequence & this.#mask;
		return this.#numbers[slot] === extendedSequence && this.#pages[this.#pageOf[slot] ?? 0]?.generation === this.#generations[slot];
	}

	#allocateTable(packets: number): void {
		this.#numbers = new Float64Array(packets).fill(Number.NaN);
		this.#pageOf = new Uint8Array(packets);
		this.#generations = new Uint32Array(packets);
		this.#offsets = new Uint16Array(packets);
		this.#lengths = new Uint16Array(packets);
		this.#flags = new Uint16Array(packets);
	}

	/** A page with room: the newest, the oldest when that has aged or nothing may be added, or a new one. */
	#pageFor(length: number, nowMs: number): Page {
		const newest = this.#newest;
		const { pageBytes, pages, maxAgeMs } = this.#limits;
		if (newest !== undefined && newest.used + length <= newest.bytes.length) return newest;
		let page = newest?.next;
		const reusable = page !== undefined && (page.used === 0 || nowMs - page.newestMs > maxAgeMs || this.#pages.length === pages);
		if (page === undefined || !reusable) page = this.#addPage();
		else this.#empty(page);
		if (page.bytes.length === 0) page.bytes = new Uint8Array(pageBytes);
		this.#newest = page;
		return page;
	}

	#addPage(): Page {
		const page = new Page(this.#pages.length);
		if (this.#newest !== undefined) {
			page.next = this.#newest.next;
			this.#newest.next = page;
		}
		this.#pages.push(page);
		return page;
	}

	#empty(page: Page): void {
		if (page.highest >= this.#group.first) this.#group.forget();
		page.used = 0;
		page.highest = NONE;
		page.generation = (page.generation + 1) >>> 0;
	}
}
