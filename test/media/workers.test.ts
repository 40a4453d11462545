import { expect, test } from 'vitest';
import { judge, wholeSource } from '../support/datachannel-judge.ts';
import type { DataChannelPeer } from '../support/datachannel-peer.ts';
import { inspectable, killWorker } from '../support/inspector.ts';
import { until } from '../support/until.ts';
import { pressHelp, readMetrics } from './help-session.ts';
import { useStage } from './stage.ts';

const workers = 3;
/** Peers of one room on one worker: the broadcaster and one viewer at home, two viewers on each further one. */
const spreadAt = 2;

const stage = useStage({ env: { ...inspectable, DURESS_MEDIA_WORKERS: String(workers), DURESS_MEDIA_ROOM_SPREAD: String(spreadAt) } });

/** The media port that a peer was given: which worker serves it. */
function portOf(peer: DataChannelPeer): number {
	return Number(/^a=candidate:\S+ \d \S+ \d+ \S+ (\d+)/m.exec(peer.remoteSdp)?.[1]);
}

/** In the order of the workers. */
function mediaPorts(): unknown[] {
	const ports = stage.server.logRecords().find((record) => record.msg === 'ready')?.mediaPorts;
	return Array.isArray(ports) ? ports : [];
}

function untilMedia(peers: readonly DataChannelPeer[], packets = 60): Promise<void> {
	return until('media at everybody', 10_000, () => peers.every((peer) => peer.packets.length > packets));
}

test('a room that outgrows its worker is relayed whole on all of them, to early and late viewers', async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const join = (): Promise<DataChannelPeer> => stage.join({ url: session.viewerWebsocketUrl });
	const early = [await join(), await join()];
	const source = stage.play(broadcaster, { label: 'Maria' });
	await untilMedia(early);
	const asked = source.requestsMs.length;
	const late = [await join(), await join(), await join()];
	await untilMedia(late);
	source.stop();

	const viewers = [...early, ...late];
	const ports = viewers.map(portOf);
	expect(new Set(ports).size).toBe(workers);
	expect(ports.filter((port) => port === portOf(broadcaster))).toHaveLength(1);
	for (const viewer of early) expect(await judge(source, viewer)).toMatchObject(wholeSource);
	// Late ones begin with the kept group, on every worker, without a request to the phone for it.
	for (const viewer of late) {
		const { video, audio } = await judge(source, viewer);
		expect([video.problems, audio.problems]).toEqual([[], []]);
	}
	expect(source.requestsMs.length - asked).toBeLessThanOrEqual(1);
	expect((await readMetrics(stage.server)).get('duress_media_publications')).toBe(workers);
}, 60_000);

test('a worker that has nobody of a room any more holds nothing of it', async () => {
	const session = await pressHelp(stage.server, 'Rosa');
	const join = (): Promise<DataChannelPeer> => stage.join({ url: session.viewerWebsocketUrl });
	const before = (await readMetrics(stage.server)).get('duress_media_publications') ?? 0;
	const viewers = [await join(), await join(), await join()];
	const held = async (): Promise<number> => ((await readMetrics(stage.server)).get('duress_media_publications') ?? 0) - before;
	expect(await held()).toBe(1);
	await Promise.all(viewers.map((viewer) => viewer.leave()));
	await until('the home alone', 5000, async () => (await held()) === 0);
});

test('a worker that dies costs a room that is at home elsewhere only the viewers that it served', async () => {
	const session = await pressHelp(stage.server, 'Vera');
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	const join = (): Promise<DataChannelPeer> => stage.join({ url: session.viewerWebsocketUrl });
	const atHome = await join();
	const away = await join();
	expect(portOf(atHome)).toBe(portOf(broadcaster));
	expect(portOf(away)).not.toBe(portOf(broadcaster));
	const source = stage.play(broadcaster, { label: 'Vera' });
	await untilMedia([atHome, away]);
	await killWorker(stage.server, `media ${mediaPorts().indexOf(portOf(away))}`);
	expect(await away.closed).toEqual({ code: 1012, reason: 'Media worker lost' });
	const again = await join();
	await untilMedia([again]);
	source.stop();
	expect(await judge(source, atHome)).toMatchObject(wholeSource);
	expect(await judge(source, again)).toMatchObject({ video: { problems: [] }, audio: { problems: [] } });
	expect(broadcaster.socket.readyState).toBe(broadcaster.socket.OPEN);
}, 60_000);

test('a worker that dies is replaced: its rooms go on with those who come again, and no other room notices', async () => {
	const [lost, other] = [await pressHelp(stage.server, 'Ines'), await pressHelp(stage.server, 'Olga')];
	const broadcasters = [
		await stage.join({ url: `${lost.broadcasterWs}?v=2`, sends: 'VP8' }),
		await stage.join({ url: other.broadcasterWs, sends: 'VP8' }),
	] as const;
	const ports = broadcasters.map(portOf);
	expect(ports[0]).not.toBe(ports[1]);
	const watching = await stage.join({ url: other.viewerWebsocketUrl });
	const source = stage.play(broadcasters[1], { label: 'Olga' });
	const losing = [await stage.join({ url: `${lost.viewerWebsocketUrl}?v=2` }), await stage.join({ url: lost.viewerWebsocketUrl })];
	const before = stage.play(broadcasters[0], { label: 'before' });
	await untilMedia([watching, ...losing]);
	before.stop();

	await killWorker(stage.server, `media ${mediaPorts().indexOf(ports[0] ?? 0)}`);
	for (const peer of [broadcasters[0], ...losing]) expect(await peer.closed).toEqual({ code: 1012, reason: 'Media worker lost' });
	expect(JSON.parse((await losing[0]?.nextFrame('reconnect'))?.data ?? '')).toEqual({
		url: lost.viewerWebsocketUrl,
		afterMs: expect.any(Number),
	});
	expect(losing[1]?.framesOf('reconnect')).toEqual([]);

	const again = await stage.join({ url: lost.broadcasterWs, sends: 'VP8' });
	const back = await stage.join({ url: lost.viewerWebsocketUrl });
	const after = stage.play(again, { label: 'after' });
	await untilMedia([back]);
	after.stop();
	source.stop();
	expect(await judge(after, back)).toMatchObject(wholeSource);
	expect(await judge(source, watching)).toMatchObject({ video: { problems: [] }, audio: { problems: [] } });
	expect(watching.socket.readyState).toBe(watching.socket.OPEN);
	await until('every worker', 10_000, async () => (await fetch(`${stage.server.url}/readyz`)).status === 200);
	expect((await readMetrics(stage.server)).get('duress_media_worker_restarts')).toBeGreaterThanOrEqual(1);
}, 60_000);
