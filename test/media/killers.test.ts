import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { judge, wholeSource } from '../support/datachannel-judge.ts';
import type { DataChannelPeer } from '../support/datachannel-peer.ts';
import type { LiveSource } from '../support/datachannel-source.ts';
import { until } from '../support/until.ts';
import { type HelpSession, post, pressHelp, readMetrics } from './help-session.ts';
import { OfferedSocket } from './offered-socket.ts';
import { useStage } from './stage.ts';

/** From the opening of a viewer's socket to its first packet of picture. */
const usualJoinMs = 1500;

const stage = useStage();

interface Live {
	readonly session: HelpSession;
	readonly broadcaster: DataChannelPeer;
	readonly viewer: DataChannelPeer;
	readonly source: LiveSource;
}

/** A session that somebody depends on while others do harm. */
async function live(name: string): Promise<Live> {
	const session = await pressHelp(stage.server, name);
	const viewer = await stage.join({ url: session.viewerWebsocketUrl });
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	return { session, broadcaster, viewer, source: stage.play(broadcaster, { label: name }) };
}

async function untilMore(peer: DataChannelPeer, packets: number): Promise<void> {
	const seen = peer.packets.length;
	await until(`${packets} more packets`, 5000, () => peer.packets.length >= seen + packets);
}

async function expectUnhurt({ viewer, source }: Live): Promise<void> {
	await untilMore(viewer, 30);
	source.stop();
	expect(await judge(source, viewer)).toMatchObject(wholeSource);
}

test('a frame that is a literal null gets an error and hurts nobody', async () => {
	const session = await live('Maria');
	session.broadcaster.socket.send('null');
	session.viewer.socket.send('null');
	await session.broadcaster.nextFrame('error');
	await session.viewer.nextFrame('error');
	await expectUnhurt(session);
	expect([session.broadcaster, session.viewer].map(({ socket }) => socket.readyState)).toEqual([1, 1]);
});

test('a viewer that never answers delays nobody', async () => {
	const session = await live('Maria');
	const { viewerWebsocketUrl } = session.session;
	const silent = await OfferedSocket.open(viewerWebsocketUrl);
	onTestFinished(() => silent.socket.terminate());
	for (let number = 0; number < 3; number += 1) {
		const viewer = await stage.join({ url: viewerWebsocketUrl });
		await untilMore(viewer, 1);
		expect((viewer.packets[0]?.atMs ?? 0) - viewer.openedMs).toBeLessThan(usualJoinMs);
	}
	await expectUnhurt(session);
	expect(silent.frames.map(({ event }) => event)).toEqual(['offer']);
});

test('two people of one name are helped one after the other, and neither ends the session of the other', async () => {
	const first = await live('Maria');
	const second = await live('Maria');
	expect(first.session.roomId).not.toBe(second.session.roomId);
	const give = await post(stage.server, '/duress/give_help', { name: 'Maria', helper: 'Ada' });
	expect(give.status).toBe(200);
	expect((await post(stage.server, '/duress/help_completed', { name: 'Maria', helper: 'Ada' })).status).toBe(200);
	expect((await second.broadcaster.closed).code).toBe(1000);
	await expectUnhurt(first);
	expect(first.broadcaster.framesOf('duress-stop')).toEqual([]);
	expect((await post(stage.server, '/duress/give_help', { name: 'Maria', helper: 'Ben' })).status).toBe(200);
	expect((await post(stage.server, '/duress/help_completed', { name: 'Maria', helper: 'Ben' })).status).toBe(200);
	expect((await first.broadcaster.closed).code).toBe(1000);
});

const loadMs = 2000;

/** Presses help as fast as one process can. */
async function load(): Promise<{ readonly process: ChildProcess; readonly answered: Promise<number> }> {
	const program = join(import.meta.dirname, 'help-load.ts');
	const child = spawn(process.execPath, [program, stage.server.url, String(loadMs)], { stdio: ['ignore', 'pipe', 'inherit'] });
	let output = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		output += text;
	});
	const answered = once(child, 'close').then(([code]) => {
		if (code !== 0) throw new Error(`the load ended with ${code}`);
		return Number(output);
	});
	return { process: child, answered };
}

test('two processes that press help as fast as they can cost a live session no packet', async () => {
	const session = await live('Maria');
	await untilMore(session.viewer, 30);
	const loads = await Promise.all([load(), load()]);
	onTestFinished(() => loads.forEach((one) => void one.process.kill()));
	const answered = await Promise.all(loads.map((one) => one.answered));
	for (const count of answered) expect(count).toBeGreaterThan(100);
	await expectUnhurt(session);

	const joining = await pressHelp(stage.server, 'Nora');
	const viewer = await stage.join({ url: joining.viewerWebsocketUrl });
	expect((viewer.connectedMs ?? 0) - viewer.openedMs).toBeLessThan(usualJoinMs);
	const metrics = await readMetrics(stage.server);
	expect(metrics.get('duress_open_requests')).toBeGreaterThan(200);
	console.log(`${answered.reduce((sum, count) => sum + count, 0)} requests for help in ${loadMs / 1000} s`);
}, 30_000);
