import { describe, expect, test } from 'vitest';
import { startsAroundTheWrap } from './received-packet.fixture.ts';
import { RelayScene } from './testing/relay-scene.ts';
import type { LinkQuality } from './testing/virtual-link.ts';

const mobile: LinkQuality = { delayMs: 50, jitterMs: 10 };
const clean: LinkQuality = { delayMs: 5 };

const LAST_FRAME = 6;

type Viewer = ReturnType<RelayScene['join']>;

/**
 * The broadcaster's packets that a viewer has not got, of all since the first that it got and since the last keyframe: what is
 * missing before one is given up on purpose. The last frame does not count, since nothing comes after it that shows its loss.
 */
function missed(scene: RelayScene, viewer: Viewer, from = scene.broadcaster.lastKeyframe): number[] {
	const first = Math.max(from, Math.min(...viewer.model.received.keys()));
	return scene.broadcaster.sent.slice(first, -LAST_FRAME).filter((number) => !viewer.model.received.has(number));
}

/** Broadcasts for `ms` with one keyframe at the beginning, and gives the last packets time to be repaired. */
function broadcastOneGroup(scene: RelayScene, ms: number): void {
	scene.broadcaster.keyframeEvery = Number.POSITIVE_INFINITY;
	broadcast(scene, ms);
	expect(scene.broadcaster.lastKeyframe).toBeLessThan(100);
}

function broadcast(scene: RelayScene, ms: number): void {
	scene.broadcaster.broadcast(ms);
	scene.network.run(ms + 3000);
}

function print(what: string, scene: RelayScene, viewer: Viewer): void {
	const { counts } = viewer.retransmitter;
	const loss = ((100 * viewer.downlink.lost) / viewer.downlink.sent).toFixed(1);
	console.info(
		`${what}: ${scene.broadcaster.sent.length} packets, ${missed(scene, viewer).length} missed; ` +
			`downlink lost ${loss} %, sent again ${counts.sent}, repeated ${counts.repeated}, refused ${counts.refused}, unknown ${counts.unknown}; ` +
			`duplicates ${viewer.model.duplicates}; keyframes asked for ${scene.broadcaster.keyframeRequests}`,
	);
}

describe.each([
	['as retransmissions', true],
	['as they were', false],
])('repaired packets are sent %s:', (_, usesRtx) => {
	test.each([{ seed: 1 }, { seed: 2 }, { seed: 3 }])('at 5 % loss each way every packet arrives in the end (seed $seed)', ({ seed }) => {
		const quality = { ...mobile, loss: 0.05 };
		const scene = new RelayScene({ seed, uplink: quality });
		const viewer = scene.join(quality, usesRtx);
		broadcastOneGroup(scene, 20_000);
		print('5 % each way', scene, viewer);
		expect(viewer.model.offences).toEqual([]);
		expect(missed(scene, viewer)).toEqual([]);
	});

	test.each([{ seed: 1 }, { seed: 2 }, { seed: 3 }])('at 15 % loss in bursts every packet arrives in the end (seed $seed)', ({ seed }) => {
		const quality = { ...mobile, bursts: { loss: 0.15, length: 5 } };
		const scene = new RelayScene({ seed, uplink: { ...mobile, loss: 0.05 } });
		const viewer = scene.join(quality, usesRtx);
		broadcastOneGroup(scene, 20_000);
		print('15 % in bursts', scene, viewer);
		expect(viewer.model.offences).toEqual([]);
		expect(missed(scene, viewer)).toEqual([]);
	});
});

test('with 15 % bursts on the uplink, what does not come in time is told by a keyframe request', () => {
	const scene = new RelayScene({ seed: 5, uplink: { ...mobile, bursts: { loss: 0.15, length: 5 } } });
	const viewer = scene.join(clean);
	broadcast(scene, 30_000);
	print('15 % in bursts up', scene, viewer);
	expect(scene.broadcaster.keyframeRequests).toBeGreaterThan(1);
	expect(viewer.model.offences).toEqual([]);
	expect(missed(scene, viewer).length / scene.broadcaster.sent.length).toBeLessThan(0.002);
});

test('reordered and doubled packets cost nothing', () => {
	const quality = { delayMs: 20, reorder: 0.05, reorderMs: 6, duplicate: 0.05 };
	const scene = new RelayScene({ uplink: quality });
	const viewer = scene.join(quality);
	broadcast(scene, 10_000);
	expect(viewer.model.offences).toEqual([]);
	expect(missed(scene, viewer)).toEqual([]);
	expect(scene.broadcaster.keyframeRequests).toBeLessThanOrEqual(1);
});

test.each(startsAroundTheWrap.filter((_, index) => index % 5 === 0))(
	'it holds from number %i on, over the wrap of either side',
	(start) => {
		const quality = { ...mobile, loss: 0.1 };
		const scene = new RelayScene({ firstSequence: (start - 900) & 0xffff, firstOutbound: (start - 700) & 0xffff, uplink: quality });
		scene.broadcaster.broadcast(15_000);
		const first = scene.join(quality);
		scene.network.run(4000);
		const second = scene.join({ ...quality, loss: 0.3 }, false);
		scene.network.run(15_000);
		for (const viewer of [first, second]) {
			expect(viewer.model.offences).toEqual([]);
			expect(missed(scene, viewer)).toEqual([]);
		}
	},
);

test('a viewer on a clean link misses nothing while another loses 30 %', () => {
	const scene = new RelayScene({ uplink: clean });
	const good = scene.join(clean);
	const bad = scene.join({ ...mobile, loss: 0.3 });
	broadcast(scene, 20_000);
	print('clean beside 30 %', scene, good);
	print('30 %', scene, bad);
	expect(good.model.offences).toEqual([]);
	expect(missed(scene, good, 0)).toEqual([]);
	expect(good.model.duplicates).toBe(0);
	expect(good.retransmitter.counts.sent).toBe(0);
});

test('a viewer whose link carries a third of the media does not make the server send it half as much again', () => {
	const scene = new RelayScene({ uplink: clean });
	const viewer = scene.join({ ...mobile, rateBps: 500_000, queueBytes: 30_000 });
	broadcast(scene, 20_000);
	print('500 kbit/s', scene, viewer);
	// Half of the media, and 30 packets for each second of the silence at the end.
	expect(viewer.retransmitter.counts.sent).toBeLessThanOrEqual(0.5 * scene.broadcaster.sent.length + 4 * 30);
	expect(viewer.retransmitter.counts.refused).toBeGreaterThan(0);
});

test('a viewer who joins through 5 % loss and a round trip of 100 ms has the keyframe within a second, and the phone is not asked', () => {
	const worst: number[] = [];
	for (let seed = 1; seed <= 20; seed++) {
		const scene = new RelayScene({ seed, uplink: clean });
		scene.broadcaster.broadcast(8000);
		scene.network.run(2000 + 97 * seed);
		const viewer = scene.join({ ...mobile, loss: 0.05 });
		const joinedMs = scene.network.nowMs;
		scene.network.run(3000);
		const first = Math.min(...viewer.model.received.keys());
		const keyframe = Array.from({ length: 40 }, (_, part) => viewer.model.received.get(first + part) ?? Number.POSITIVE_INFINITY);
		worst.push(Math.max(...keyframe) - joinedMs);
		expect(scene.broadcaster.keyframeRequests).toBe(0);
		expect(missed(scene, viewer).filter((number) => number < scene.broadcaster.sent.length - 100)).toEqual([]);
	}
	worst.sort((a, b) => a - b);
	console.info(`keyframe complete after a join: median ${worst[10]?.toFixed(0)} ms, slowest of 20 ${worst[19]?.toFixed(0)} ms`);
	expect(worst[19]).toBeLessThan(1000);
});

test('memory stays bounded on the worst of links', () => {
	const scene = new RelayScene({ uplink: { ...mobile, bursts: { loss: 0.5, length: 200 } } });
	for (let viewer = 0; viewer < 3; viewer++) scene.join({ ...mobile, loss: 0.5 });
	broadcast(scene, 30_000);
	expect(scene.mostOutstanding).toBeLessThanOrEqual(1000);
	expect(scene.mostBytes).toBeLessThanOrEqual(3 * 1024 * 1024);
	scene.network.run(11_000);
	expect(scene.cache.allocatedBytes).toBe(0);
	for (const { model } of scene.viewers) expect(model.offences).toEqual([]);
});
