import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { clientOffer } from '../../test/signaling/support/answer.ts';
import { FakeWire } from '../../test/signaling/support/fake-wire.ts';
import { ManualClock } from '../../test/signaling/support/manual-clock.ts';
import { RecordingEngine } from '../../test/signaling/support/recording-engine.ts';
import type { Room } from '../room/room.ts';
import { Rooms } from '../room/rooms.ts';
import { Connection } from './connection.ts';
import { defaultConnectionLimits } from './connection-limits.ts';
import { RoomSession } from './room-session.ts';
import { newSignalingCounts } from './signaling-counts.ts';

let clock: ManualClock;
let engine: RecordingEngine;
let rooms: Rooms;
let room: Room;

beforeEach(() => {
	clock = new ManualClock();
	engine = new RecordingEngine();
	rooms = new Rooms({ media: engine, clock, randomBytes, log: { info: () => {}, warn: () => {} } });
	rooms.open('room', 'duress');
	const opened = rooms.get('room');
	if (opened === undefined) throw new Error('the room was not made');
	room = opened;
});

function connect(wire = new FakeWire()) {
	const counts = newSignalingCounts();
	const connection = new Connection({ wire, clock, limits: defaultConnectionLimits, counts });
	const session = new RoomSession({ room, role: 'viewer', version: 2, url: 'ws://test', resumeToken: undefined, connection, counts });
	const frames = () => wire.sent.map((text): { event: string; data: string } => JSON.parse(text));
	return { wire, connection, session, frames };
}

const frame = (event: string, data: string): string => JSON.stringify({ event, data });

/** The client closes its RTCPeerConnection, which ends a parked peer, while one with a socket is offered another transport. */
function closeMedia(engineId: string): void {
	rooms.handleEngineEvent({ type: 'peer-failed', peerId: engineId, reason: 'dtls-closed' });
}

test('a client whose new socket dies while it returns is parked again', () => {
	const first = connect();
	const engineId = engine.last('open-peer').peerId;
	const token: string = JSON.parse(first.frames()[0]?.data ?? '').resume;
	first.connection.wireClosed(1006);
	const second = connect();
	second.wire.bufferedAmount = defaultConnectionLimits.maxBufferedBytes;
	second.session.frame(frame('resume', token));
	expect(second.wire.ended).toEqual(['terminate']);
	expect(room.peerCount).toBe(1);
	closeMedia(engineId);
	expect(room.peerCount).toBe(0);
});

test('a client whose socket dies while it is greeted is parked', () => {
	const wire = new FakeWire();
	wire.bufferedAmount = defaultConnectionLimits.maxBufferedBytes;
	connect(wire);
	expect(room.peerCount).toBe(1);
	closeMedia(engine.last('open-peer').peerId);
	expect(room.peerCount).toBe(0);
});

test('more offers than any page makes end the socket, right ones too', () => {
	const { wire, session } = connect();
	for (let index = 0; index < 21; index++) {
		session.frame(frame('offer', JSON.stringify({ type: 'offer', sdp: clientOffer('recvonly', { ufrag: `phone${index}` }) })));
	}
	expect(wire.ended).toEqual(['close 1008']);
});
