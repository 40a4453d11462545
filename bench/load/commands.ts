/** What the bench and its load process say to one another: plain values over the channel that Node gives a forked process. */
import { type Static, Type } from 'typebox';

const clients = Type.Enum(['datachannel', 'sink']);
export type Clients = Static<typeof clients>;

const id = Type.Integer();
const rooms = Type.Array(Type.String());

export const command = Type.Union([
	Type.Object({
		type: Type.Literal('start'),
		id,
		/** `http://HOST:PORT` of a Duress Server; without it lines go to and from the Pion peer by way of the bench. */
		url: Type.Optional(Type.String()),
		serverPid: Type.Integer(),
		/** The core that this process is pinned to, if it is. */
		core: Type.Optional(Type.Integer()),
		/** Whether a sink may use the native socket. */
		native: Type.Boolean(),
	}),
	/** Broadcasters, one in each room. They send at `pps` until told otherwise. */
	Type.Object({ type: Type.Literal('publish'), id, rooms, size: Type.Integer(), pps: Type.Number() }),
	/** Viewers, so many in each room, `atOnce` of them at a time; answered when all play. */
	Type.Object({ type: Type.Literal('join'), id, rooms, viewers: Type.Integer(), atOnce: Type.Integer(), clients }),
	/** Warms up, then sends exactly `pps` × `seconds` packets from each broadcaster and counts what comes of them. */
	Type.Object({ type: Type.Literal('measure'), id, pps: Type.Number(), seconds: Type.Number(), warmUpSeconds: Type.Number() }),
	/** Viewers that come, play and leave, `atOnce` of them at a time. */
	Type.Object({ type: Type.Literal('churn'), id, room: Type.String(), count: Type.Integer(), atOnce: Type.Integer() }),
	/** All leave. */
	Type.Object({ type: Type.Literal('end'), id }),
	/** A line of the Pion peer's. */
	Type.Object({
		type: Type.Literal('pion'),
		line: Type.Object({ t: Type.String(), id: Type.Integer(), sdp: Type.String(), error: Type.String() }),
	}),
]);
export type Command = Static<typeof command>;

export const joined = Type.Object({ joinMs: Type.Array(Type.Number()) });
export type Joined = Static<typeof joined>;

/** One window of measuring. */
export const measured = Type.Object({
	/** Packets of all broadcasters, and what all viewers should have got of them and got. */
	sent: Type.Integer(),
	expected: Type.Integer(),
	received: Type.Integer(),
	/** Packets that some viewer did not get although its sequence numbers show no gap, of the viewer with the most. */
	unexplained: Type.Integer(),
	viewers: Type.Integer(),
	p50Ms: Type.Number(),
	p99Ms: Type.Number(),
	maxMs: Type.Number(),
	samples: Type.Integer(),
	/** From the first packet to the end of the sending. */
	seconds: Type.Number(),
	serverCpuSeconds: Type.Number(),
	serverRssBytes: Type.Integer(),
	/** How busy the load's core was, 0…1; where it is not pinned, how many cores the process used. */
	loadShare: Type.Number(),
	/** What of it was the load process itself: the rest is others' on the same core. */
	loadProcessShare: Type.Number(),
	/** Whether all that was sent had come, or was lost, before the windows were closed. */
	drained: Type.Boolean(),
});
export type Measured = Static<typeof measured>;

export const reply = Type.Union([
	Type.Object({ type: Type.Literal('ready') }),
	Type.Object({ type: Type.Literal('done'), id, result: Type.Unknown() }),
	Type.Object({ type: Type.Literal('failed'), id, why: Type.String() }),
	/** A window of measuring has begun. */
	Type.Object({ type: Type.Literal('measuring') }),
	Type.Object({ type: Type.Literal('pion'), line: Type.String() }),
]);
export type Reply = Static<typeof reply>;
