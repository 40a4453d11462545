import type { HandshakeFragment, HandshakeMessage } from './handshake-message.ts';

/**
 * Octets of unfinished messages kept for one peer. A browser's hello has 1.4 KB, a client certificate up to 2; fragments come before
 * anything is proven, so there must be an end.
 */
const MAX_BUFFERED_OCTETS = 8192;

/** A piece whose other pieces did not come within this time belongs to an attempt that is over. */
const MAX_FRAGMENT_AGE_MS = 10_000;

interface Assembly {
	readonly type: number;
	readonly body: Uint8Array;
	/** 1 where an octet has arrived. */
	readonly arrived: Uint8Array;
	missing: number;
	readonly startedMs: number;
}

/** Puts a peer's handshake messages together and hands them out in order, however split, repeated or shuffled they came. */
export class HandshakeInbox {
	readonly #assemblies = new Map<number, Assembly>();
	readonly #last: number;
	#buffered = 0;
	#next: number;

	/** @param firstSequence, lastSequence: of the messages that can be of use */
	constructor(firstSequence: number, lastSequence: number) {
		this.#next = firstSequence;
		this.#last = lastSequence;
	}

	/**
	 * Takes a piece in. One that contradicts what came before replaces it: either may be forged, the newer may still be whole. Where space
	 * is short, later messages give way to earlier ones, which are needed first.
	 */
	add(fragment: HandshakeFragment, nowMs: number): void {
		if (fragment.sequence < this.#next || fragment.sequence > this.#last || fragment.messageLength > MAX_BUFFERED_OCTETS) return;
		this.#dropOld(nowMs);
		const known = this.#assemblies.get(fragment.sequence);
		if (known !== undefined && fits(known, fragment)) {
			fill(known, fragment);
			return;
		}
		if (known !== undefined) this.#drop(fragment.sequence, known);
		for (let sequence = this.#last; sequence > fragment.sequence && !this.#hasSpaceFor(fragment); sequence--) {
			const later = this.#assemblies.get(sequence);
			if (later !== undefined) this.#drop(sequence, later);
		}
		if (!this.#hasSpaceFor(fragment)) return;
		const assembly = {
			type: fragment.type,
			body: new Uint8Array(fragment.messageLength),
			arrived: new Uint8Array(fragment.messageLength),
			missing: fragment.messageLength,
			startedMs: nowMs,
		};
		this.#assemblies.set(fragment.sequence, assembly);
		this.#buffered += fragment.messageLength;
		fill(assembly, fragment);
	}

	/** The next message in order, once it is whole. */
	take(): HandshakeMessage | undefined {
		const assembly = this.#assemblies.get(this.#next);
		if (assembly === undefined || assembly.missing > 0) return undefined;
		this.#drop(this.#next, assembly);
		return { type: assembly.type, sequence: this.#next++, body: assembly.body };
	}

	#hasSpaceFor({ messageLength }: HandshakeFragment): boolean {
		return this.#buffered + messageLength <= MAX_BUFFERED_OCTETS;
	}

	#dropOld(nowMs: number): void {
		for (const [sequence, assembly] of this.#assemblies) {
			if (nowMs - assembly.startedMs > MAX_FRAGMENT_AGE_MS) this.#drop(sequence, assembly);
		}
	}

	#drop(sequence: number, assembly: Assembly): void {
		this.#assemblies.delete(sequence);
		this.#buffered -= assembly.body.length;
	}
}

function fits(assembly: Assembly, fragment: HandshakeFragment): boolean {
	if (assembly.type !== fragment.type || assembly.body.length !== fragment.messageLength) return false;
	return fragment.bytes.every((octet, i) => assembly.arrived[fragment.offset + i] === 0 || assembly.body[fragment.offset + i] === octet);
}

function fill(assembly: Assembly, fragment: HandshakeFragment): void {
	for (let i = fragment.offset; i < fragment.offset + fragment.bytes.length; i++) {
		if (assembly.arrived[i] === 0) assembly.missing--;
		assembly.arrived[i] = 1;
	}
	assembly.body.set(fragment.bytes, fragment.offset);
}
