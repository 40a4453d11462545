import { expect, test } from 'vitest';
import { ntpFromMs } from '../rtcp/ntp.ts';
import { FeedClock } from './feed-clock.ts';
import { ModelReceiver } from './model-receiver.fixture.ts';
import { outboundHeaderLength } from './outbound-packet.ts';
import { receivedPacket, startsAroundTheWrap } from './received-packet.fixture.ts';
import { SenderClock } from './sender-clock.ts';
import { Sink } from './sink.ts';
import { SourceTrack } from './source-track.ts';

/** One source, its clock and its viewers on a lossless downlink. Payloads are frame numbers. */
class Session {
	readonly track: SourceTrack;
	readonly clock: SenderClock;
	readonly viewers: { sink: Sink; receiver: ModelReceiver; frames: number[]; indexes: Set<number> }[] = [];
	readonly #clockRate: number;

	constructor(clockRate: number, firstSequence: number) {
		this.#clockRate = clockRate;
		this.clock = new SenderClock(clockRate);
		this.track = new SourceTrack({ kind: 'video', ssrc: 5, firstSequence, firstTimestamp: 0xffff0000, absSendTimeId: 3 });
	}

	join(): { readonly frames: readonly number[] } {
		const viewer = { sink: new Sink(), receiver: new ModelReceiver(), frames: [], indexes: new Set<number>() };
		this.viewers.push(viewer);
		return viewer;
	}

	/** A frame number of `undefined` is a packet of padding alone. */
	receive(feed: number, sequence: number, timestamp: number, frame: number | undefined, nowMs: number): void {
		const payload = frame === undefined ? [] : [frame >> 8, frame & 0xff];
		const { packet, header } = receivedPacket({ sequence, timestamp, ssrc: 100 + feed, payload, padding: frame === undefined ? 8 : 0 });
		const out = new Uint8Array(100);
		const length = this.track.rewrite(feed, packet, header, 96, this.#clockRate, nowMs, out);
		if (length === 0) return;
		this.clock.packet(this.track.lastTimestamp, this.track.timestampLine, nowMs);
		for (const { sink, receiver, frames, indexes } of this.viewers) {
			if (!sink.place(this.track.extendedSequence)) continue;
			const index = sink.rollover * 0x10000 + sink.sequence;
			expect(receiver.indexOf(sink.sequence)).toBe(index);
			expect(indexes.has(index)).toBe(false);
			indexes.add(index);
			frames[index - Math.min(...indexes)] = ((out[outboundHeaderLength] ?? 0) << 8) | (out[outboundHeaderLength + 1] ?? 0);
		}
	}
}

test.each(startsAroundTheWrap)('viewers play on over reconnects, padding and reordering, outbound numbers from %i', (start) => {
	const session = new Session(90000, start);
	const viewer = session.join();
	let frame = 0;
	let nowMs = 0;
	for (let feed = 1; feed <= 4; feed++) {
		session.track.attach(feed);
		let sequence = (65_500 + feed * 13) & 0xffff;
		const timestamp = feed * 1_234_567;
		const send = (number: number | undefined, at: number) => session.receive(feed, at & 0xffff, timestamp + frame * 3000, number, nowMs);
		for (let group = 0; group < 10; group++) {
			nowMs += 33;
			send(frame++, sequence++);
			// Two packets swap places, then a probe of padding, then late packets of the connection before.
			send(frame + 1, sequence + 1);
			send(frame, sequence);
			frame += 2;
			sequence += 2;
			send(undefined, sequence++);
			session.receive(feed - 1, 30_000 + group, 0, 9999, nowMs);
		}
		nowMs += 2000;
	}
	expect(viewer.frames).toEqual(Array.from({ length: 120 }, (_, number) => number));
});

test('sound and picture stay in step over a reconnect, whatever the clocks of the two connections', () => {
	const picture = new Session(90000, 100);
	const sound = new Session(48000, 900);
	/** Outbound timestamps, by kind, of what was captured at a moment of real time. */
	const captured = { picture: new Map<number, number>(), sound: new Map<number, number>() };

	function broadcast(feed: number, fromMs: number, toMs: number, wallOffsetMs: number): void {
		const clock = new FeedClock();
		picture.track.attach(feed);
		sound.track.attach(feed);
		const pictureTimestamp = (ms: number) => (feed * 999_999_999 + ms * 90) >>> 0;
		const soundTimestamp = (ms: number) => (feed * 77_777_777 + ms * 48) >>> 0;
		for (let ms = fromMs; ms < toMs; ms += 20) {
			// Encoding and pacing hold the picture back by 60 ms, the sound by 10.
			sound.receive(feed, (ms / 20) & 0xffff, soundTimestamp(ms), 1, ms + 10);
			captured.sound.set(ms, sound.track.lastTimestamp);
			picture.receive(feed, (ms / 20) & 0xffff, pictureTimestamp(ms), 1, ms + 60);
			captured.picture.set(ms, picture.track.lastTimestamp);
			const ntp = ntpFromMs(ms + wallOffsetMs);
			if (ms % 1000 === 500) translate(picture, feed, clock, ntp, pictureTimestamp(ms));
			if (ms % 3000 === 1500) translate(sound, feed, clock, ntp, soundTimestamp(ms));
		}
	}
	function translate(session: Session, feed: number, clock: FeedClock, ntp: ReturnType<typeof ntpFromMs>, timestamp: number): void {
		const outbound = session.track.translateTimestamp(feed, 100 + feed, timestamp);
		expect(outbound).toBeDefined();
		if (outbound !== undefined) session.clock.senderReport(clock, ntp, outbound);
	}
	/** How far apart the reports of `nowMs` put picture and sound that were captured together. */
	function skewMs(capturedMs: number, nowMs: number): number {
		const pictureAgeMs = (((session(picture, nowMs) - (captured.picture.get(capturedMs) ?? 0)) | 0) * 1000) / 90000;
		const soundAgeMs = (((session(sound, nowMs) - (captured.sound.get(capturedMs) ?? 0)) | 0) * 1000) / 48000;
		return Math.abs(pictureAgeMs - soundAgeMs);
	}
	const session = ({ clock }: Session, nowMs: number) => clock.timestampAt(nowMs) ?? 0;

	broadcast(1, 10_000, 20_000, 1_767_225_600_000);
	expect(skewMs(19_000, 20_000)).toBeLessThan(1);
	broadcast(2, 23_000, 23_200, 991_785_600_000);
	// No report yet: off by the difference of the two delays.
	expect(skewMs(23_100, 23_200)).toBeLessThan(60);
	broadcast(3, 26_000, 36_000, 2_254_176_000_000);
	expect(skewMs(35_000, 36_000)).toBeLessThan(1);
});
