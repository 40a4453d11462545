/** Why a datagram was not used. */
export type DropReason =
	/** No protocol of this port, or too short for any. */
	| 'unknown'
	/** STUN that is malformed, for nobody, or not authentic. */
	| 'stun'
	/** DTLS, RTP or RTCP from an address that no authenticated check came from. */
	| 'stranger'
	/** DTLS of a peer for which too much of it waits already. */
	| 'busy'
	/** Media before the keys are there. */
	| 'early'
	/** SRTP or SRTCP that is malformed, replayed or not authentic. */
	| 'srtp'
	/** Authentic media that no section of the description expects. */
	| 'unexpected';

/** Counts dropped datagrams by reason; what came since the last look is told in one piece. */
export class DropCounts {
	readonly total: Record<DropReason, number> = { unknown: 0, stun: 0, stranger: 0, busy: 0, early: 0, srtp: 0, unexpected: 0 };
	#toldSum = 0;

	count(reason: DropReason): void {
		this.total[reason] += 1;
	}

	/** The totals if there is something new, else undefined. */
	news(): Readonly<Record<DropReason, number>> | undefined {
		const sum = Object.values(this.total).reduce((all, one) => all + one, 0);
		if (sum === this.#toldSum) return undefined;
		this.#toldSum = sum;
		return { ...this.total };
	}
}
