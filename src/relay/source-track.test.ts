import { describe, expect, test } from 'vitest';
import { createRtpHeader, parseRtpHeader } from '../rtp/packet.ts';
import { absSendTimeAt, extensionIdAt, outboundHeaderLength } from './outbound-packet.ts';
import { type PacketFields, receivedPacket, startsAroundTheWrap } from './received-packet.fixture.ts';
import { SourceTrack } from './source-track.ts';

const ssrc = 0xcafef00d;

/** A track with what it would send, in virtual time. */
class Relay {
	readonly track: SourceTrack;
	nowMs = 10_000;

	constructor(firstSequence = 100, firstTimestamp = 5000) {
		this.track = new SourceTrack({ kind: 'video', ssrc, firstSequence, firstTimestamp, absSendTimeId: 3 });
	}

	/** The packet that viewers get, parsed; undefined when it is not forwarded. */
	forward(feed: number, fields: PacketFields) {
		const { packet, header } = receivedPacket(fields);
		const out = new Uint8Array(64);
		const length = this.track.rewrite(feed, packet, header, 98, 90000, this.nowMs, out);
		if (length === 0) return undefined;
		const sent = createRtpHeader();
		expect(parseRtpHeader(out, length, sent)).toBe(true);
		return {
			sequence: sent.sequenceNumber,
			timestamp: sent.timestamp,
			ssrc: sent.ssrc,
			extended: this.track.extendedSequence,
			bytes: out.subarray(0, length),
		};
	}
}

test('a packet leaves with our header, one extension and its payload alone', () => {
	const relay = new Relay(0x1234, 0x01020304);
	relay.track.attach(1);
	relay.nowMs = 1000;
	const sent = relay.forward(1, {
		sequence: 7,
		timestamp: 99,
		marker: true,
		csrcs: 2,
		extension: { id: 5, data: [1, 2, 3, 4, 5] },
		payload: [0xaa, 0xbb],
		padding: 4,
	});
	// biome-ignore format: one line per word of the header
	expect([...(sent?.bytes ?? [])]).toEqual([
		0x90, 0x80 | 98, 0x12, 0x34,
		1, 2, 3, 4,
		0xca, 0xfe, 0xf0, 0x0d,
		0xbe, 0xde, 0, 1,
		0x32, 0x04, 0x00, 0x00,
		0xaa, 0xbb,
	]);
	expect(outboundHeaderLength).toBe(20);
	expect([extensionIdAt, absSendTimeAt]).toEqual([16, 17]);
	expect([relay.track.packetCount, relay.track.octetCount]).toEqual([1, 2]);
});

test('timestamps keep their distances over the wrap of the clock', () => {
	const relay = new Relay(0, 0xfffffff0);
	relay.track.attach(1);
	expect(relay.forward(1, { sequence: 1, timestamp: 0xffffff00 })?.timestamp).toBe(0xfffffff0);
	expect(relay.forward(1, { sequence: 2, timestamp: 0x20 })?.timestamp).toBe((0xfffffff0 + 0x120) >>> 0);
});

describe.each(startsAroundTheWrap)('a broadcaster that reconnects, outbound numbers from %i', (start) => {
	test('keeps SSRC, sequence and timestamp line', () => {
		const relay = new Relay(start, 1_000_000);
		relay.track.attach(1);
		relay.forward(1, { sequence: 65534, timestamp: 777 });
		expect(relay.forward(1, { sequence: 65535, timestamp: 777 + 3000 })).toMatchObject({
			sequence: (start + 1) & 0xffff,
			timestamp: 1_003_000,
		});

		relay.nowMs += 2500;
		relay.track.attach(2);
		expect(relay.forward(2, { sequence: 31000, timestamp: 123456, ssrc: 0x2222 })).toMatchObject({
			ssrc,
			sequence: (start + 2) & 0xffff,
			timestamp: 1_003_000 + 2.5 * 90000,
			extended: start + 2,
		});
		expect(relay.forward(2, { sequence: 31001, timestamp: 123456 + 90, ssrc: 0x2222 })).toMatchObject({
			sequence: (start + 3) & 0xffff,
			timestamp: 1_003_000 + 2.5 * 90000 + 90,
		});
	});
});

test('late packets of the replaced connection and those sent before the takeover are dropped', () => {
	const relay = new Relay();
	relay.track.attach(1);
	relay.forward(1, { sequence: 10 });
	relay.track.attach(2);
	expect(relay.forward(1, { sequence: 11 })).toBeUndefined();
	expect(relay.forward(2, { sequence: 500 })?.extended).toBe(101);
	expect(relay.forward(1, { sequence: 12 })).toBeUndefined();
	expect(relay.forward(2, { sequence: 499 })).toBeUndefined();
	expect(relay.forward(2, { sequence: 501 })?.extended).toBe(102);
});

test('attaching the same connection again changes nothing', () => {
	const relay = new Relay();
	relay.track.attach(1);
	relay.forward(1, { sequence: 10 });
	relay.track.attach(1);
	expect(relay.forward(1, { sequence: 13 })?.extended).toBe(103);
});

test('a takeover at the same instant still advances the timestamp', () => {
	const relay = new Relay();
	relay.track.attach(1);
	const before = relay.forward(1, { sequence: 10, timestamp: 50 });
	relay.track.attach(2);
	const after = relay.forward(2, { sequence: 10, timestamp: 50 });
	expect(after?.timestamp).toBe((before?.timestamp ?? 0) + 1);
});

test('reordered packets keep the timestamp of their frame', () => {
	const relay = new Relay();
	relay.track.attach(1);
	relay.forward(1, { sequence: 10, timestamp: 0 });
	expect(relay.forward(1, { sequence: 12, timestamp: 3000 })).toMatchObject({ extended: 102, timestamp: 8000 });
	expect(relay.forward(1, { sequence: 11, timestamp: 0 })).toMatchObject({ extended: 101, timestamp: 5000 });
});

test('padding probes are not forwarded and leave no gap, before the first packet as after it', () => {
	const relay = new Relay();
	relay.track.attach(1);
	expect(relay.forward(1, { sequence: 8, payload: [], padding: 12 })).toBeUndefined();
	expect(relay.forward(1, { sequence: 9 })?.extended).toBe(100);
	expect(relay.forward(1, { sequence: 10, payload: [], padding: 12 })).toBeUndefined();
	expect(relay.forward(1, { sequence: 11 })?.extended).toBe(101);
});

test('a packet too long for the buffer is lost to viewers, and only that', () => {
	const relay = new Relay();
	relay.track.attach(1);
	relay.forward(1, { sequence: 10 });
	expect(relay.forward(1, { sequence: 11, payload: Array.from({ length: 45 }, () => 1) })).toBeUndefined();
	expect(relay.forward(1, { sequence: 12, payload: Array.from({ length: 44 }, () => 1) })?.extended).toBe(102);
});

test('a timestamp that leaps goes on by the time that passed', () => {
	for (const leap of [2 ** 31, 90000 * 60, -90000 * 5]) {
		const relay = new Relay(100, 0);
		relay.track.attach(1);
		relay.forward(1, { sequence: 10, timestamp: 1_000_000 });
		const line = relay.track.timestampLine;
		relay.nowMs += 40;
		expect(relay.forward(1, { sequence: 12, timestamp: 1_000_000 + leap })).toMatchObject({ extended: 102, timestamp: 3600 });
		expect(relay.track.timestampLine).toBe(line + 1);
		expect(relay.forward(1, { sequence: 13, timestamp: 1_003_000 + leap })?.timestamp).toBe(6600);
		// Its timestamp is of the clock before, which is gone.
		expect(relay.forward(1, { sequence: 11, timestamp: 1_000_100 })).toBeUndefined();
	}
});

test('an uplink that stalls and then delivers everything late is no leap', () => {
	const relay = new Relay(100, 0);
	relay.track.attach(1);
	relay.forward(1, { sequence: 10, timestamp: 0 });
	relay.nowMs += 20_000;
	for (let frame = 1; frame <= 600; frame++) {
		expect(relay.forward(1, { sequence: 10 + frame, timestamp: frame * 3000 })?.timestamp).toBe(frame * 3000);
	}
	// A pause of the camera, in real time, neither.
	relay.nowMs += 60_000;
	expect(relay.forward(1, { sequence: 611, timestamp: 600 * 3000 + 60 * 90000 })?.timestamp).toBe(600 * 3000 + 60 * 90000);
});

test('an encoder that restarts its numbers goes on, from its second packet', () => {
	const relay = new Relay(100, 0);
	relay.track.attach(1);
	relay.forward(1, { sequence: 10, timestamp: 0 });
	relay.nowMs += 100;
	expect(relay.forward(1, { sequence: 30000, timestamp: 4_000_000_000 })).toBeUndefined();
	expect(relay.forward(1, { sequence: 30001, timestamp: 4_000_000_000 })).toMatchObject({ extended: 102, timestamp: 9000 });
});

test('a second SSRC of one connection waits until the first is quiet', () => {
	const relay = new Relay();
	relay.track.attach(1);
	relay.forward(1, { sequence: 10 });
	relay.nowMs += 499;
	expect(relay.forward(1, { sequence: 77, ssrc: 0x2222 })).toBeUndefined();
	relay.nowMs += 1;
	expect(relay.forward(1, { sequence: 78, ssrc: 0x2222 })?.extended).toBe(101);
	expect(relay.forward(1, { sequence: 11 })).toBeUndefined();
});

test('the timestamp of a sender report is translated for the line that is open', () => {
	const relay = new Relay(100, 5000);
	expect(relay.track.translateTimestamp(1, 0x1111, 1000)).toBeUndefined();
	relay.track.attach(1);
	relay.forward(1, { sequence: 10, timestamp: 1000 });
	expect(relay.track.translateTimestamp(1, 0x1111, 900)).toBe(4900);
	expect(relay.track.translateTimestamp(1, 0x2222, 900)).toBeUndefined();
	relay.track.attach(2);
	expect(relay.track.translateTimestamp(2, 0x1111, 900)).toBeUndefined();
});
