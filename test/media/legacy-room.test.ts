import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { judgeLine, type Verdict } from '../support/datachannel-judge.ts';
import type { DataChannelPeer, MediaKind } from '../support/datachannel-peer.ts';
import type { LiveSource } from '../support/datachannel-source.ts';
import { until } from '../support/until.ts';
import { useStage } from './stage.ts';

interface Person {
	readonly peer: DataChannelPeer;
	readonly source: LiveSource;
}

const stage = useStage();
const kinds: readonly MediaKind[] = ['video', 'audio'];

async function enterRoom(roomId: string, name: string): Promise<Person> {
	const peer = await stage.join({ url: `${stage.server.wsUrl}/room/${roomId}/websocket`, sends: 'VP8' });
	return { peer, source: stage.play(peer, { label: name, pictureBytes: 1200 }) };
}

/** What a receiver has of a source, told by the payloads alone; the line is judged as far as it has come. */
function lineOf(receiver: DataChannelPeer, source: LiveSource, kind: MediaKind): Verdict & { readonly ssrc: number | undefined } {
	const sent = source.sent[kind];
	const payloads = new Set(sent.map((packet) => packet.payload.toString('latin1')));
	const ssrc = receiver.packets.find((packet) => payloads.has(packet.payload.toString('latin1')))?.ssrc;
	const received = ssrc === undefined ? [] : receiver.packetsOf(ssrc).filter((packet) => payloads.has(packet.payload.toString('latin1')));
	const { from } = judgeLine(sent, received);
	return { ssrc, ...judgeLine(sent.slice(0, from + received.length), received) };
}

function linesAt(receiver: DataChannelPeer, sources: readonly LiveSource[]): ReturnType<typeof lineOf>[] {
	return sources.flatMap((source) => kinds.map((kind) => lineOf(receiver, source, kind)));
}

async function untilAllPlay(receiver: DataChannelPeer, sources: readonly LiveSource[]): Promise<void> {
	await until('picture and sound of everybody', 5000, () => linesAt(receiver, sources).every(({ received }) => received >= 15));
}

function sectionCount(peer: DataChannelPeer): number {
	return peer.remoteSdp.match(/^m=/gm)?.length ?? 0;
}

test('everybody in a legacy room sees and hears everybody else, whoever comes and goes', async () => {
	const roomId = randomUUID();
	const people: Person[] = [];
	for (const name of ['Ada', 'Ben', 'Cem', 'Dot']) people.push(await enterRoom(roomId, name));
	const { streamId } = (await (await fetch(`${stage.server.url}/room/${roomId}`)).json()) as { streamId: string };
	const watcher = await stage.join({ url: `${stage.server.wsUrl}/stream/${streamId}/websocket` });

	const othersOf = (person: Person) => people.filter((other) => other !== person).map((other) => other.source);
	for (const person of people) await untilAllPlay(person.peer, othersOf(person));
	await untilAllPlay(
		watcher,
		people.map(({ source }) => source),
	);
	for (const person of people) {
		const lines = linesAt(person.peer, othersOf(person));
		expect(lines.flatMap(({ problems }) => problems)).toEqual([]);
		expect(new Set(lines.map(({ ssrc }) => ssrc)).size).toBe(6);
		expect(sectionCount(person.peer)).toBe(2 + 6);
		expect(linesAt(person.peer, [person.source]).every(({ received }) => received === 0)).toBe(true);
	}
	expect(sectionCount(watcher)).toBe(8);

	const [leaver] = people.splice(1, 1);
	leaver?.source.stop();
	await leaver?.peer.leave();
	await until('an offer without the one who left', 3000, () =>
		people.every(({ peer }) => peer.remoteSdp.match(/^a=inactive/gm)?.length === 2),
	);
	people.push(await enterRoom(roomId, 'Eve'));
	for (const person of people) await untilAllPlay(person.peer, othersOf(person));
	await untilAllPlay(
		watcher,
		people.map(({ source }) => source),
	);
	for (const person of people) {
		expect(linesAt(person.peer, othersOf(person)).flatMap(({ problems }) => problems)).toEqual([]);
		expect(sectionCount(person.peer)).toBe(2 + 6);
		expect(person.peer.remoteSdp).not.toMatch(/^a=inactive/m);
		expect(person.peer.framesOf('error')).toEqual([]);
	}
	expect(sectionCount(watcher)).toBe(8);
	expect(
		linesAt(
			watcher,
			people.map(({ source }) => source),
		).flatMap(({ problems }) => problems),
	).toEqual([]);
});
