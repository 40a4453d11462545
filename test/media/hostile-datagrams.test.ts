import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { judge, wholeSource } from '../support/datachannel-judge.ts';
import { type RandomSource, seededRandom } from '../support/seeded-random.ts';
import type { UdpRelay } from '../support/udp-relay.ts';
import { until } from '../support/until.ts';
import { pressHelp, readMetrics } from './help-session.ts';
import { useStage } from './stage.ts';

const datagramCount = 100_000;
const perSecond = 10_000;
const burst = 50;
/** Ports of strangers, all of 127.0.0.1. */
const strangerCount = 16;
/** Real datagrams of either kind kept for replays and mutations, of each protocol. */
const capturedOfEach = 64;
/** The attack waits while more than this is queued at the server's socket: the kernel must not be the one that loses media. */
const queueBytesMax = 40_000;
const growthMaxBytes = 64 * 1024 * 1024;

const stage = useStage();

interface UdpQueue {
	readonly bytes: number;
	readonly dropped: number;
}

/** What waits at a UDP port of this machine, and what the kernel has dropped there; nothing known where there is no /proc. */
function queueAt(port: number): UdpQueue {
	const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
	for (const file of ['/proc/net/udp6', '/proc/net/udp']) {
		if (!existsSync(file)) continue;
		const line = readFileSync(file, 'utf8')
			.split('\n')
			.map((text) => text.trim().split(/\s+/))
			.find((columns) => columns[1]?.endsWith(`:${hexPort}`));
		if (line !== undefined) return { bytes: Number.parseInt(line[4]?.split(':')[1] ?? '0', 16), dropped: Number(line.at(-1)) };
	}
	return { bytes: 0, dropped: 0 };
}

type Protocol = 'stun' | 'dtls' | 'srtp';

function protocolOf(datagram: Buffer): Protocol {
	const first = datagram.readUInt8(0);
	return first < 4 ? 'stun' : first < 64 ? 'dtls' : 'srtp';
}

/** Real datagrams of both directions, the first and the latest of each protocol: a whole handshake is among them. */
function capture(relay: UdpRelay): Record<Protocol, Buffer[]> {
	const captured: Record<Protocol, Buffer[]> = { stun: [], dtls: [], srtp: [] };
	relay.tap = (datagram) => {
		const list = captured[protocolOf(datagram)];
		if (list.length >= capturedOfEach) list.splice(capturedOfEach / 2, 1);
		list.push(datagram);
		return true;
	};
	return captured;
}

/** A fatal alert, or a close, that nobody has signed: RFC 6347, section 4.1, and RFC 5246, section 7.2. */
function forgedAlert(fatal: number, epoch: number): Buffer {
	return Buffer.from([21, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 99, 0, 2, fatal === 1 ? 2 : 1, fatal === 1 ? 40 : 0]);
}

/** One hostile datagram: garbage of any length that claims any protocol, or a real one, cut, changed or as it was. */
function hostile(captured: Record<Protocol, Buffer[]>, random: RandomSource): Buffer {
	const below = (limit: number): number => Math.floor(random() * limit);
	const kind = random();
	if (kind < 0.3) {
		const garbage = Buffer.from(Array.from({ length: below(random() < 0.1 ? 1500 : 200) }, () => below(256)));
		const claims = [0, 1, 20, 22, 23, 63, 128, 144, 191, below(256)];
		if (garbage.length > 0) garbage[0] = claims[below(claims.length)] ?? 0;
		return garbage;
	}
	if (kind < 0.32) return forgedAlert(below(2), below(2));
	const lists = Object.values(captured).filter((list) => list.length > 0);
	const list = lists[below(lists.length)] ?? [];
	const original = list[below(list.length)] ?? Buffer.of();
	if (kind < 0.5) return original;
	if (kind < 0.7) return original.subarray(0, below(original.length));
	const changed = Buffer.from(original);
	for (let changes = 1 + below(4); changes > 0; changes -= 1) {
		const at = random() < 0.5 ? below(Math.min(24, changed.length)) : below(changed.length);
		changed[at] = (changed[at] ?? 0) ^ (1 + below(255));
	}
	return changed;
}

async function openStrangers(): Promise<Socket[]> {
	const sockets = Array.from({ length: strangerCount }, () => createSocket('udp4'));
	onTestFinished(() => sockets.forEach((socket) => void socket.close()));
	for (const socket of sockets) {
		socket.bind(0, '127.0.0.1');
		await once(socket, 'listening');
	}
	return sockets;
}

const watchedMetrics = ['duress_room_entries', 'duress_peers', 'duress_media_peers', 'duress_media_publications', 'duress_open_requests'];

test(`${datagramCount} hostile datagrams change nothing`, { timeout: 90_000 }, async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const [broadcasterRelay, viewerRelay] = await Promise.all([stage.relay(), stage.relay()]);
	const captures = [capture(broadcasterRelay), capture(viewerRelay)] as const;
	const viewers = await Promise.all([
		stage.join({ url: session.viewerWebsocketUrl, viaPort: viewerRelay.port }),
		stage.join({ url: session.viewerWebsocketUrl }),
	]);
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8', viaPort: broadcasterRelay.port });
	const source = stage.play(broadcaster, { label: 'Maria', pictureBytes: 1500 });
	await until('media at every viewer', 3000, () => viewers.every((viewer) => viewer.packets.length > 100));
	for (const captured of captures) expect(Object.values(captured).every((list) => list.length > 1)).toBe(true);

	const strangers = await openStrangers();
	const toStrangers: Buffer[] = [];
	for (const socket of strangers) socket.on('message', (datagram) => toStrangers.push(datagram));
	const { mediaPort } = stage.server;
	const before = await readMetrics(stage.server);
	const linesBefore = stage.server.log().split('\n').length;
	const droppedBefore = queueAt(mediaPort).dropped;
	const random = seededRandom(20_26);

	const beginMs = performance.now();
	for (let sent = 0; sent < datagramCount; ) {
		for (const end = sent + burst; sent < end; sent += 1) {
			const side = random() < 0.5 ? 0 : 1;
			const datagram = hostile(captures[side], random);
			const from = Math.floor(random() * (strangerCount + 4));
			if (from < strangerCount) strangers[from]?.send(datagram, mediaPort, '127.0.0.1');
			else (side === 0 ? broadcasterRelay : viewerRelay).inject(datagram);
		}
		const paceMs = beginMs + (sent / perSecond) * 1000;
		await until('the server to keep up', 20_000, () => performance.now() >= paceMs && queueAt(mediaPort).bytes < queueBytesMax);
	}
	const seconds = (performance.now() - beginMs) / 1000;
	const linesAfter = stage.server.log().split('\n').length;
	expect(queueAt(mediaPort).dropped, 'the kernel dropped datagrams at the server').toBe(droppedBefore);
	expect(linesAfter - linesBefore).toBeLessThanOrEqual(Math.ceil(seconds));

	// Nobody has been moved or thrown out: media goes on to everybody, and nothing but answers to checks went elsewhere.
	const seen = viewers.map((viewer) => viewer.packets.length);
	await until('media after the attack', 3000, () => viewers.every((viewer, index) => viewer.packets.length > (seen[index] ?? 0) + 60));
	source.stop();
	for (const viewer of viewers) expect(await judge(source, viewer)).toMatchObject(wholeSource);
	expect(toStrangers.filter((datagram) => protocolOf(datagram) !== 'stun')).toEqual([]);
	expect([broadcaster, ...viewers].flatMap((peer) => peer.framesOf('error'))).toEqual([]);

	const after = await readMetrics(stage.server);
	for (const name of watchedMetrics) expect([name, after.get(name)]).toEqual([name, before.get(name)]);
	const growth = (after.get('process_resident_memory_bytes') ?? 0) - (before.get('process_resident_memory_bytes') ?? 0);
	expect(growth).toBeLessThan(growthMaxBytes);
	const dropped = (after.get('duress_media_datagrams_dropped') ?? 0) - (before.get('duress_media_datagrams_dropped') ?? 0);
	expect(dropped).toBeGreaterThan(datagramCount / 2);
	console.log(`${Math.round(datagramCount / seconds)} datagrams/s, ${dropped} dropped, memory ${Math.round(growth / 1024)} KiB more`);
});
