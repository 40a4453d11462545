import { describe, expect, it } from 'vitest';
import type { ViewerLevel } from './viewer-level.ts';
import { type ModelLink, type ModelSource, ModelViewer, phone } from './viewer-link.fixture.ts';

const wide = 10_000_000;
const h264: ModelSource = { ...phone, layersBps: [1_000_000] };

/** Ten seconds on a wide link, then a minute on this one, and until a try that is under way has ended. */
function onLink(link: Partial<ModelLink>, source = phone, sendsRemb = true): ModelViewer {
	const viewer = new ModelViewer(source, sendsRemb).run(10_000);
	Object.assign(viewer.link, link);
	return viewer.run(60_000).rest();
}

describe('ViewerAdaptation', () => {
	it('sends everything to a viewer on a good link', () => {
		expect(onLink({}).changes).toEqual([]);
	});

	it.each([
		['with temporal layers', phone, 300],
		['with temporal layers, behind a long queue', phone, 2000],
		['with temporal layers, behind hardly any queue', phone, 50],
		['without layers', h264, 300],
		['without layers, behind a long queue', h264, 2000],
		['without layers, behind hardly any queue', h264, 50],
	])('leaves a viewer at 150 kbit/s sound and some picture, and lets it rest: a source %s', (_name, source, queueMs) => {
		const viewer = onLink({ capacityBps: 150_000, queueMs }, source);
		expect(viewer.level).toBe('key-frames');
		expect(viewer.keyframes).toBeGreaterThanOrEqual(6);
		expect(viewer.changes.length).toBeLessThanOrEqual(6);
		const calmFromMs = viewer.nowMs;
		viewer.run(60_000);
		expect(viewer.changesSince(calmFromMs)).toBeLessThanOrEqual(2);
	});

	it('gets off a link that is too thin within two seconds', () => {
		const viewer = new ModelViewer().run(10_000);
		viewer.link.capacityBps = 150_000;
		viewer.run(2000);
		expect(viewer.level).toBe('key-frames');
	});

	it.each<[capacityBps: number, level: ViewerLevel]>([
		[450_000, 'key-frames'],
		[700_000, 'base-layer'],
		[900_000, 'no-top-layer'],
	])('settles at the level that %i bit/s carry, with ever fewer tries of more', (capacityBps, level) => {
		const viewer = onLink({ capacityBps });
		const rested = (fromMs: number, untilMs: number): number =>
			viewer.changes.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).length;
		viewer.run(180_000);
		expect(viewer.level).toBe(level);
		expect(rested(10_000, 70_000)).toBeLessThanOrEqual(8);
		for (const minuteMs of [70_000, 130_000, 190_000]) expect(rested(minuteMs, minuteMs + 60_000)).toBeLessThanOrEqual(2);
	});

	it('leaves sound alone where the link takes nothing else', () => {
		const viewer = onLink({ capacityBps: 60_000 });
		expect(viewer.level).toBe('sound-only');
		expect(viewer.changes.length).toBeLessThanOrEqual(3);
	});

	it.each([
		['150 kbit/s', { capacityBps: 150_000 }],
		['60 kbit/s', { capacityBps: 60_000 }],
		['half of it lost', { loss: 0.5 }],
	])('is back at the full picture within two minutes and a half after %s', (_name, link) => {
		const viewer = onLink(link);
		expect(viewer.level).not.toBe('full');
		Object.assign(viewer.link, { capacityBps: wide, loss: 0 });
		viewer.run(150_000);
		expect(viewer.level).toBe('full');
		const backMs = viewer.nowMs;
		expect(viewer.run(60_000).changesSince(backMs)).toBe(0);
	});

	it('keeps the full picture where packets are lost by chance and the estimate shows room', () => {
		expect(onLink({ loss: 0.05 }).changes).toEqual([]);
		expect(onLink({ loss: 0.15 }).changes).toEqual([]);
		expect(onLink({ loss: 0.15 }, h264).changes).toEqual([]);
	});

	it('does not take a source that grows faster than the estimate for a link that shrinks', () => {
		const viewer = new ModelViewer();
		for (let second = 0; second < 20; second++) {
			const share = Math.min(1, 0.1 + second / 15);
			viewer.source = { ...phone, layersBps: phone.layersBps.map((bps) => 2.5 * share * bps) };
			viewer.run(1000);
		}
		expect(viewer.run(30_000).changes).toEqual([]);
	});

	it('goes by loss alone for a viewer that sends no estimate', () => {
		const viewer = onLink({ capacityBps: 700_000 }, phone, false);
		expect(['base-layer', 'no-top-layer']).toContain(viewer.level);
		viewer.link.capacityBps = wide;
		expect(viewer.run(70_000).level).toBe('full');
	});

	it('does nothing for a single report of heavy loss', () => {
		const viewer = new ModelViewer(phone, false).run(10_000);
		viewer.link.loss = 0.4;
		viewer.run(950);
		viewer.link.loss = 0;
		expect(viewer.run(20_000).changes).toEqual([]);
	});

	it('takes a burst in a report of few packets for what it is, also before the first estimate', () => {
		const { adaptation } = new ModelViewer();
		const rates = { layerCount: () => 1, layersBps: () => 500_000, keyframeBytes: 10_000, keyframeIntervalMs: 3000 };
		for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
			if (nowMs > 6000 && nowMs % 200 === 0) adaptation.remb(700_000, nowMs);
			if (nowMs % 100 === 0) adaptation.report([0, 0.2, 0, 0.8, 0.1][(nowMs / 100) % 10] ?? 0, 10, nowMs);
			expect(adaptation.tick(rates, 100, nowMs)).toBe(false);
		}
	});

	it('does not take a first estimate for trouble that is low and stays so, as a busy receiver makes it, while nothing is lost', () => {
		const { adaptation } = new ModelViewer();
		const rates = { layerCount: () => 1, layersBps: () => 450_000, keyframeBytes: 10_000, keyframeIntervalMs: 3000 };
		for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
			if (nowMs > 3000 && nowMs % 200 === 0) adaptation.remb(220_000, nowMs);
			adaptation.report(0, 10, nowMs);
			expect(adaptation.tick(rates, 100, nowMs)).toBe(false);
		}
	});

	it('takes a low first estimate for trouble where the round trip grows with it: the link was too thin from the start, behind a deep queue', () => {
		const viewer = new ModelViewer();
		Object.assign(viewer.link, { capacityBps: 800_000, queueMs: 20_000 });
		viewer.run(10_000);
		expect(viewer.level).not.toBe('full');
	});

	it('sends keyframes that get through behind hardly any queue, as slowly as the link has shown to need', () => {
		const viewer = new ModelViewer().run(10_000);
		Object.assign(viewer.link, { capacityBps: 150_000, queueMs: 50 });
		viewer.run(10_000);
		expect(viewer.level).toBe('key-frames');
		expect(viewer.adaptation.keyframePaceBps + phone.soundBps).toBeLessThan(150_000);
	});

	it('does not go up for a viewer that has fallen silent', () => {
		const viewer = onLink({ capacityBps: 150_000 });
		const before = viewer.changes.length;
		const rates = { layerCount: () => 3, layersBps: () => 1, keyframeBytes: 1, keyframeIntervalMs: 3000 };
		for (let ms = 6000; ms < 200_000; ms += 100) viewer.adaptation.tick(rates, 100, viewer.nowMs + ms);
		expect(viewer.level).toBe('key-frames');
		expect(viewer.changes.length).toBe(before);
	});

	it('names a pace at which keyframes leave room for sound, and none at other levels', () => {
		const viewer = new ModelViewer().run(10_000);
		expect(viewer.adaptation.keyframePaceBps).toBe(Number.POSITIVE_INFINITY);
		viewer.link.capacityBps = 150_000;
		viewer.run(20_000);
		expect(viewer.adaptation.keyframePaceBps + phone.soundBps).toBeLessThan(150_000);
		expect(viewer.adaptation.keyframeSpacingMs).toBeGreaterThan(phone.keyframeIntervalMs);
	});
});
