import type { Contender } from './servers/server-under-test.ts';

/** How much goes through the server, and to how many. */
export interface Shape {
	readonly name: string;
	readonly rooms: number;
	/** In each room. */
	readonly viewers: number;
	/** Packets a second from each broadcaster. */
	readonly pps: number;
	/** Octets of a packet with its RTP header. */
	readonly size: number;
	/** What runs beside it when there is a comparison at all, and the Duress Server and the peer asked for. */
	readonly beside?: readonly ('typescript' | 'floor')[];
	readonly only?: readonly Contender[];
}

const size = 1100;

/** 1,100 octets are what browsers send of a picture; 250 packets a second are 2.2 Mbit/s, 40 are 350 kbit/s: a phone on a thin link. */
export const shapes: readonly Shape[] = [
	{ name: '1-20', rooms: 1, viewers: 20, pps: 250, size },
	{ name: '1-200', rooms: 1, viewers: 200, pps: 250, size, beside: ['typescript', 'floor'] },
	{ name: '200x200', rooms: 1, viewers: 200, pps: 200, size, only: ['duress'] },
	{ name: '1-1000', rooms: 1, viewers: 1000, pps: 40, size },
	{ name: '50x3', rooms: 50, viewers: 3, pps: 100, size },
	{ name: '100x1', rooms: 100, viewers: 1, pps: 100, size },
];

/** One picture at one pace before ever more viewers: what the plot shows. */
export const curve: readonly Shape[] = [5, 20, 50, 100, 200, 400].map((viewers) => ({
	...{ name: `curve-${viewers}`, rooms: 1, viewers, pps: 100, size },
}));

/** What is no shape of a steady stream, and has a procedure of its own. */
export const procedures = ['storm', 'churn', 'saturate'] as const;
export type Procedure = (typeof procedures)[number];

/** Packets a second to all viewers. */
export function forwardedPerSecond(shape: Shape): number {
	return shape.rooms * shape.viewers * shape.pps;
}

/** Above these libdatachannel's clients would be what is measured: at 15,000 packets/s of 50 rooms they filled a core to 94 %. */
export const SINK_ABOVE_PACKETS = 8_000;
export const SINK_ABOVE_VIEWERS = 300;

export function needsSink(shape: Shape): boolean {
	return forwardedPerSecond(shape) > SINK_ABOVE_PACKETS || shape.rooms * shape.viewers > SINK_ABOVE_VIEWERS;
}
