import { beforeEach, expect, test } from 'vitest';
import { FakeWire } from '../../test/signaling/support/fake-wire.ts';
import { ManualClock } from '../../test/signaling/support/manual-clock.ts';
import { Connection } from './connection.ts';
import { defaultConnectionLimits } from './connection-limits.ts';
import { newSignalingCounts } from './signaling-counts.ts';

let clock: ManualClock;
let wire: FakeWire;
let counts: ReturnType<typeof newSignalingCounts>;
let connection: Connection;
let frames: string[];
let closes: number[];

beforeEach(() => {
	clock = new ManualClock();
	wire = new FakeWire();
	counts = newSignalingCounts();
	frames = [];
	closes = [];
	connection = new Connection({ wire, clock, limits: defaultConnectionLimits, counts });
	connection.open({ frame: (text) => frames.push(text), closed: (code) => closes.push(code) });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('bytes come as text, whatever their place in a larger buffer', () => {
	connection.received(bytes('xx{"a":"ü"}').subarray(2));
	expect(frames).toEqual(['{"a":"ü"}']);
});

test('the server pings every 15 s', () => {
	for (let round = 1; round <= 8; round++) {
		clock.advance(15_000);
		connection.alive();
		expect(wire.pings).toBe(round);
	}
	expect(wire.ended).toEqual([]);
});

test('a socket silent for 30 s is dropped, and its loss told once', () => {
	clock.advance(29_999);
	expect(wire.ended).toEqual([]);
	clock.advance(1);
	expect(wire.ended).toEqual(['terminate']);
	expect(closes).toEqual([1006]);
	connection.wireClosed(1006);
	expect(closes).toEqual([1006]);
	expect(counts).toMatchObject({ silentSockets: 1, sockets: 0 });
	expect(clock.timers).toBe(0);
});

test.each(['ping or pong', 'message'])('a %s counts as life', (kind) => {
	for (let second = 0; second < 120; second += 20) {
		clock.advance(20_000);
		if (kind === 'message') connection.received(bytes('x'));
		else connection.alive();
	}
	expect(wire.ended).toEqual([]);
});

test('a reader that lets a megabyte pile up is dropped', () => {
	wire.bufferedAmount = defaultConnectionLimits.maxBufferedBytes - 10;
	connection.send('0123456789');
	expect(wire.sent).toEqual(['0123456789']);
	connection.send('0123456789x');
	expect(wire.sent).toHaveLength(1);
	expect(wire.ended).toEqual(['terminate']);
	expect(closes).toEqual([1006]);
	expect(counts.slowReaders).toBe(1);
});

test('50 bad inputs in 10 s are forgiven, the next closes with 1008', () => {
	for (let index = 0; index < 50; index++) connection.blame();
	expect(wire.ended).toEqual([]);
	connection.blame();
	expect(wire.ended).toEqual(['close 1008']);
	expect(closes).toEqual([1008]);
	expect(counts).toMatchObject({ badFrames: 51, floods: 1 });
});

test('20 offers in 10 s are read, the next closes with 1008', () => {
	for (let index = 0; index < 20; index++) expect(connection.offered()).toBe(true);
	expect(wire.ended).toEqual([]);
	expect(connection.offered()).toBe(false);
	expect(connection.offered()).toBe(false);
	expect(wire.ended).toEqual(['close 1008']);
	expect(counts).toMatchObject({ badFrames: 0, floods: 1 });
});

test('an offer each second is read for ever', () => {
	for (let index = 0; index < 300; index++) {
		expect(connection.offered()).toBe(true);
		connection.alive();
		clock.advance(1000);
	}
	expect(wire.ended).toEqual([]);
});

test('whoever speaks over it hears of an end that came before', () => {
	const early = new Connection({ wire, clock, limits: defaultConnectionLimits, counts });
	early.wireClosed(1006);
	early.open({ frame: () => {}, closed: (code) => closes.push(code) });
	expect(closes).toEqual([1006]);
});

test('bad input now and then is forgiven for ever', () => {
	for (let index = 0; index < 500; index++) {
		connection.blame();
		connection.alive();
		clock.advance(1000);
	}
	expect(wire.ended).toEqual([]);
});

test('a flood of messages closes with 1008, whatever they hold', () => {
	for (let index = 0; index <= defaultConnectionLimits.frames.count; index++) connection.received(bytes('x'));
	expect(frames).toHaveLength(defaultConnectionLimits.frames.count);
	expect(wire.ended).toEqual(['close 1008']);
});

test('after its end nothing is sent, heard, or told again', () => {
	connection.close(1000, 'done');
	connection.close(1008, 'again');
	connection.send('late');
	connection.received(bytes('late'));
	connection.alive();
	connection.blame();
	connection.wireClosed(1000);
	clock.advance(100_000);
	expect(wire).toMatchObject({ sent: [], ended: ['close 1000'], pings: 0 });
	expect(frames).toEqual([]);
	expect(closes).toEqual([1000]);
});
