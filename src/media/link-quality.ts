/** How one peer's link fares, by what its reports and ours say. */
export interface LinkQuality {
	readonly peerId: string;
	/** The peer sends: what is known is of its way to the server; else of the server's way to it. */
	readonly direction: 'up' | 'down';
	/** Undefined before anything has told. */
	readonly roundTripMs: number | undefined;
	/** In the last report, 0 to 1. */
	readonly fractionLost: number;
	/** Of the picture, RFC 3550, section 6.4.1. */
	readonly jitterMs: number;
}

/** The value that a share of the values does not exceed; 0 when there are none. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
