import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { pressHelp } from './help-session.ts';
import { useStage } from './stage.ts';

const stage = useStage();

interface Signal {
	readonly state: string;
	readonly since: number;
}

/** What helpers who look for calls are told. */
async function listedSignal(): Promise<Signal> {
	const { signal } = Object(await (await fetch(`${stage.server.url}/duress/listen`)).json());
	return { state: String(signal.state), since: Number(signal.since) };
}

test('a camera that is silent for 5 s is lost to viewers and in the list of calls, and back with its first packet', async () => {
	const session = await pressHelp(stage.server, 'Maria');
	const viewer = await stage.join({ url: `${session.viewerWebsocketUrl}?v=2` });
	const broadcaster = await stage.join({ url: session.broadcasterWs, sends: 'VP8' });
	expect((await listedSignal()).state).toBe('idle');
	const source = stage.play(broadcaster, { label: 'Maria' });
	await until('the signal is live', 3000, async () => (await listedSignal()).state === 'live');
	await until('media', 3000, () => viewer.packets.length > 60);

	source.stop();
	const stopped = { atMs: performance.now(), unixMs: Date.now() };
	await until('the viewer is told', 8000, () => viewer.framesOf('signal-lost').length > 0);
	expect(performance.now() - stopped.atMs).toBeGreaterThan(4500);
	const lost = await listedSignal();
	expect(lost.state).toBe('lost');
	expect(Math.abs(lost.since - stopped.unixMs / 1000)).toBeLessThan(1.5);
	expect(JSON.parse(viewer.framesOf('signal-lost')[0]?.data ?? '')).toMatchObject({ since: lost.since });

	const seen = viewer.packets.length;
	stage.play(broadcaster, { label: 'Maria again', firstSequence: 5000, firstTimestamp: 9_000_000 });
	await until('the viewer is told', 3000, () => viewer.framesOf('signal-back').length > 0);
	expect((await listedSignal()).state).toBe('live');
	await until('media again', 3000, () => viewer.packets.length > seen + 30);
	expect(viewer.framesOf('signal-lost')).toHaveLength(1);
});
